/* Where an operation differs from AWS, in the server's own words; nothing where it does not. */
import type { Service } from "../api";
import { useLoad } from "../load";

export function Deviation({ service, operation }: { service: Service; operation: string }) {
  const loaded = useLoad(async () => {
    const { operations } = await import("virtual:served");
    return operations.find((one) => one.service === service && one.name === operation)?.deviation;
  }, [service, operation]);
  return <>{loaded.value}</>;
}
