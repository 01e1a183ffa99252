/* What an operation takes, as its model has it. */
import type { Member, Shape } from "virtual:served";
import { t } from "../i18n";
import { operationWords as w } from "../words/operations";

function typeOf(shape: Shape): string {
  if (shape.type === "list" && shape.element) return t(w.listOf, typeOf(shape.element));
  if (shape.type === "map" && shape.element) return t(w.mapOf, typeOf(shape.element));
  return shape.values?.join(" | ") ?? shape.type;
}

/* Of a structure, or of those in a list or map. */
function within(shape: Shape): Member[] {
  return shape.members ?? (shape.element ? within(shape.element) : []);
}

export function Members({ members }: { members: Member[] }) {
  return (
    <ul>
      {members.map((member) => (
        <li key={member.name}>
          <span className="code">{member.name}</span>: {typeOf(member)}
          {member.required && <strong> ({t(w.required)})</strong>}
          {within(member).length > 0 && <Members members={within(member)} />}
        </li>
      ))}
    </ul>
  );
}

function empty(shape: Shape): unknown {
  switch (shape.type) {
    case "structure":
      return skeleton(shape.members ?? []);
    case "list":
      return shape.element ? [empty(shape.element)] : [];
    case "map":
      return {};
    case "boolean":
      return false;
    case "integer":
    case "double":
    case "timestamp":
      return 0;
    default:
      return shape.values?.[0] ?? "";
  }
}

/* The required members, to be filled in. */
export function skeleton(members: Member[]): Record<string, unknown> {
  return Object.fromEntries(members.filter((member) => member.required).map((member) => [member.name, empty(member)]));
}
