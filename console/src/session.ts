/* Who is signed in, for what is drawn inside the shell. */
import { createContext, useContext } from "react";
import type { Session } from "./api";

const SignedIn = createContext<Session | null>(null);

export const SessionProvider = SignedIn.Provider;

export function useSession(): Session {
  return useContext(SignedIn)!;
}
