/* Pages are named in the hash: #/people/taro%40test1.com is ["people", "taro@test1.com"]. */
import { useSyncExternalStore } from "react";

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a half-typed percent sign is no reason for an empty page
  }
}

export function useRoute(): string[] {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const path = hash.replace(/^#\/?/, "");
  return path ? path.split("/").map(decoded) : [];
}

export function link(...parts: string[]): string {
  return "#/" + parts.map(encodeURIComponent).join("/");
}

export function go(...parts: string[]): void {
  location.hash = link(...parts);
}
