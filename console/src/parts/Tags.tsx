/* The tags of something that has an ARN, or of a user: words of its owner, on which nothing here acts. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { call, type Session } from "../api";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { useSession } from "../session";
import { common } from "../words/common";
import { tagWords as w } from "../words/tags";
import { Ask } from "./Ask";
import { List } from "./List";

interface Tag {
  Key: string;
  Value: string;
}
interface Answer {
  Tags?: Tag[];
  Marker?: string;
}

/* As an ARN names it. */
export type TaggedType =
  "identity" | "configuration-set" | "contact-list" | "template" | "custom-verification-email-template" | "user";

/* What the operations are called with. */
function resourceOf(session: Session, type: TaggedType, name: string): Record<string, string> {
  if (type === "user") return { UserName: name };
  return { ResourceArn: `arn:aws:ses:${session.region}:${session.account}:${type}/${name}` };
}

async function readTags(resource: Record<string, string>): Promise<Tag[]> {
  if (!resource.UserName) return (await call<Answer>("sesv2", "ListTagsForResource", resource)).Tags ?? [];
  const tags: Tag[] = [];
  for (let marker: string | undefined, first = true; first || marker; first = false) {
    const page: Answer = await call("iam", "ListUserTags", { ...resource, ...(marker && { Marker: marker }) });
    tags.push(...(page.Tags ?? []));
    marker = page.Marker;
  }
  return tags;
}

async function change(resource: Record<string, string>, what: { Tags: Tag[] } | { TagKeys: string[] }): Promise<void> {
  const add = "Tags" in what;
  if (resource.UserName) await call("iam", add ? "TagUser" : "UntagUser", { ...resource, ...what });
  else await call("sesv2", add ? "TagResource" : "UntagResource", { ...resource, ...what });
}

function Add({ leave, add }: { leave: () => void; add: (tag: Tag) => Promise<void> }) {
  const [tag, setTag] = useState<Tag>({ Key: "", Value: "" });
  const doing = useDoing();
  return (
    <Ask
      title={t(w.add)}
      yes={t(w.add)}
      doing={doing}
      disabled={!tag.Key.trim()}
      leave={leave}
      act={() => add({ Key: tag.Key.trim(), Value: tag.Value.trim() })}
    >
      <FormField label={t(w.key)} description={t(w.replaces)}>
        <Input value={tag.Key} autoFocus onChange={({ detail }) => setTag({ ...tag, Key: detail.value })} />
      </FormField>
      <FormField label={t(w.value)}>
        <Input value={tag.Value} onChange={({ detail }) => setTag({ ...tag, Value: detail.value })} />
      </FormField>
    </Ask>
  );
}

export function Tags({ type, name }: { type: TaggedType; name: string }) {
  const resource = resourceOf(useSession(), type, name);
  const loaded = useLoad(() => readTags(resource), [type, name]);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const doing = useDoing();
  return (
    <>
      <List<Tag>
        title={t(w.title)}
        loaded={loaded}
        rows={(tag) => tag.Key}
        text={(tag) => `${tag.Key} ${tag.Value}`}
        empty={t(w.empty)}
        actions={<Button onClick={() => setAdding(true)}>{t(w.add)}</Button>}
        columns={[
          { id: "key", header: t(w.key), cell: (tag) => <span className="name">{tag.Key}</span> },
          { id: "value", header: t(w.value), cell: (tag) => <span className="name">{tag.Value || "–"}</span> },
          {
            id: "act",
            header: t(common.actions),
            cell: (tag) => (
              <Button
                variant="inline-link"
                ariaLabel={`${t(common.remove)}: ${tag.Key}`}
                onClick={() => setRemoving(tag.Key)}
              >
                {t(common.remove)}
              </Button>
            ),
          },
        ]}
      />
      {adding && (
        <Add
          leave={() => setAdding(false)}
          add={async (tag) => {
            await change(resource, { Tags: [tag] });
            await loaded.reload();
          }}
        />
      )}
      {removing !== null && (
        <Ask
          title={`${t(common.remove)}: ${removing}`}
          yes={t(common.remove)}
          doing={doing}
          leave={() => setRemoving(null)}
          act={async () => {
            await change(resource, { TagKeys: [removing] });
            await loaded.reload();
          }}
        >
          {t(w.removeAsk, removing)}
        </Ask>
      )}
    </>
  );
}
