/* What strangers and users write is shown as they wrote it, and does nothing. */
import { assert, open, sees, signIn } from "./steps.mjs";

export async function showsAsText(page, given) {
  await signIn(page, given);
  for (const [place, text] of given.places) {
    await open(page, place);
    await sees(page, text);
  }
}
