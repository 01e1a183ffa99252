/* JSON for people. What is no JSON stays as it is: somebody may be about to mend it. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
