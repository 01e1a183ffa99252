import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Multiselect from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { verb } from "../api";
import type { User } from "../answers";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { link } from "../route";
import { common } from "../words/common";
import { accountWords as w } from "../words/more";
import { Ask } from "./Ask";
import { Failed } from "./Failed";
import { List } from "./List";

interface Group {
  group: string;
  users: string[];
  policies: string[];
}

function Members({ name, leave, changed }: { name: string; leave: () => void; changed: () => void }) {
  const [chosen, setChosen] = useState<string[]>([]);
  const doing = useDoing();
  const loaded = useLoad(async () => {
    const [group, { users }] = await Promise.all([
      verb<Group>("group.show", { group: name }),
      verb<{ users: User[] }>("user.list"),
    ]);
    return { group, users: users.map((user) => user.user) };
  }, [name]);
  useEffect(() => {
    if (loaded.value) setChosen(loaded.value.group.users);
  }, [loaded.value]);
  const act = async () => {
    const before = loaded.value?.group.users ?? [];
    for (const user of chosen.filter((one) => !before.includes(one)))
      await verb("group.member", { group: name, user, member: true });
    for (const user of before.filter((one) => !chosen.includes(one)))
      await verb("group.member", { group: name, user, member: false });
    changed();
  };
  const options = (loaded.value?.users ?? []).map((value) => ({ value, label: value }));
  return (
    <Ask
      title={t(w.membersAsk, name)}
      yes={t(common.save)}
      doing={doing}
      disabled={!loaded.value}
      leave={leave}
      act={act}
    >
      <Failed error={loaded.error} again={() => void loaded.reload()} />
      <FormField label={t(w.members)}>
        <Multiselect
          options={options}
          filteringType="auto"
          statusType={loaded.loading ? "loading" : "finished"}
          loadingText={t(common.loading)}
          selectedOptions={options.filter((option) => chosen.includes(option.value))}
          onChange={({ detail }) => setChosen(detail.selectedOptions.map((option) => option.value!))}
        />
      </FormField>
      {!!loaded.value?.group.policies.length && (
        <div>
          {t(w.policies)}: {loaded.value.group.policies.join(", ")}
        </div>
      )}
    </Ask>
  );
}

export function Groups() {
  const loaded = useLoad(async () => (await verb<{ groups: { group: string; id: string }[] }>("group.list")).groups);
  const [question, setQuestion] = useState<{ kind: "create" | "members" | "remove"; group: string } | null>(null);
  const doing = useDoing();
  const leave = () => setQuestion(null);
  const after = () => void loaded.reload();
  const group = question?.group ?? "";
  return (
    <>
      <List
        title={t(w.groups)}
        loaded={loaded}
        rows={(row) => row.id}
        text={(row) => row.group}
        empty={t(w.noGroups)}
        actions={<Button onClick={() => setQuestion({ kind: "create", group: "" })}>{t(w.createGroup)}</Button>}
        columns={[
          { id: "name", header: t(common.name), cell: (row) => row.group, sort: (row) => row.group },
          {
            id: "act",
            header: t(common.actions),
            cell: (row) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="inline-link" onClick={() => setQuestion({ kind: "members", group: row.group })}>
                  {t(w.members)}
                </Button>
                <Link href={link("policies", "group", row.group)}>{t(w.policies)}</Link>
                <Button variant="inline-link" onClick={() => setQuestion({ kind: "remove", group: row.group })}>
                  {t(common.remove)}
                </Button>
              </SpaceBetween>
            ),
            width: 220,
          },
        ]}
      />
      {question?.kind === "members" && <Members name={group} leave={leave} changed={after} />}
      {question?.kind === "create" && (
        <Ask
          title={t(w.createGroup)}
          yes={t(common.create)}
          doing={doing}
          disabled={!group.trim()}
          leave={leave}
          act={async () => {
            await verb("group.create", { group: group.trim() });
            after();
          }}
        >
          <FormField label={t(common.name)}>
            <Input
              value={group}
              autoFocus
              onChange={({ detail }) => setQuestion({ kind: "create", group: detail.value })}
            />
          </FormField>
        </Ask>
      )}
      {question?.kind === "remove" && (
        <Ask
          title={`${t(common.remove)}: ${group}`}
          yes={t(common.remove)}
          doing={doing}
          leave={leave}
          act={async () => {
            await verb("group.delete", { group });
            after();
          }}
        >
          {t(w.removeGroupAsk, group)}
        </Ask>
      )}
    </>
  );
}
