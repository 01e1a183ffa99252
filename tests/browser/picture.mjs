/* For script/screenshots. */
import { open, signIn } from "./steps.mjs";

export async function picture(page, given) {
  await signIn(page, given);
  if (given.japanese) await page.getByRole("button", { name: "日本語" }).click();
  await open(page, given.place);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: given.file });
}
