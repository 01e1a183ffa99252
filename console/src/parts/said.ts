/* What a receiver answered, with its status, which most say themselves. */
export function said({ status = "", reply = "" }: { status?: string; reply?: string }): string {
  return reply.includes(status) ? reply : `${status} ${reply}`.trim();
}
