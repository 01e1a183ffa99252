/* #/suppression: addresses that get no more mail. The server gives a page at a time. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { call } from "../api";
import type { Time } from "../answers";
import { named, t, when } from "../i18n";
import { useDoing, usePages } from "../load";
import { Ask } from "../parts/Ask";
import { PagedList } from "../parts/List";
import { notify } from "../parts/notify";
import { common } from "../words/common";
import { suppressionReasons, suppressionWords as w } from "../words/mail";

interface Suppressed {
  EmailAddress: string;
  Reason: string;
  LastUpdateTime: Time;
}
interface Answer {
  SuppressedDestinationSummaries?: Suppressed[];
  NextToken?: string;
}

const reasons = () =>
  Object.keys(suppressionReasons).map((value) => ({ value, label: named(suppressionReasons, value) }));

function Add({ leave, added }: { leave: () => void; added: () => void }) {
  const [address, setAddress] = useState("");
  const [reason, setReason] = useState("BOUNCE");
  const doing = useDoing();
  const act = async () => {
    await call("sesv2", "PutSuppressedDestination", { EmailAddress: address.trim(), Reason: reason });
    added();
  };
  return (
    <Ask title={t(w.add)} yes={t(w.add)} doing={doing} act={act} leave={leave} disabled={!address.trim()}>
      <FormField label={t(common.address)}>
        <Input value={address} autoFocus inputMode="email" onChange={({ detail }) => setAddress(detail.value)} />
      </FormField>
      <FormField label={t(w.of)}>
        <Select
          options={reasons()}
          selectedOption={reasons().find((one) => one.value === reason)!}
          onChange={({ detail }) => setReason(detail.selectedOption.value!)}
        />
      </FormField>
    </Ask>
  );
}

export default function Suppression() {
  const [reason, setReason] = useState("");
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const doing = useDoing();
  const pages = usePages<Suppressed>(
    async (token) => {
      const answer = await call<Answer>("sesv2", "ListSuppressedDestinations", {
        PageSize: 50,
        ...(token && { NextToken: token }),
        ...(reason && { Reasons: [reason] }),
      });
      return { items: answer.SuppressedDestinationSummaries ?? [], next: answer.NextToken };
    },
    [reason],
  );
  const options = [{ value: "", label: t(w.all) }, ...reasons()];
  return (
    <>
      <PagedList<Suppressed>
        title={t(w.title)}
        description={t(w.description)}
        pages={pages}
        rows={(row) => row.EmailAddress}
        empty={t(w.empty)}
        variant="full-page"
        actions={
          <Button variant="primary" onClick={() => setAdding(true)}>
            {t(w.add)}
          </Button>
        }
        filters={
          <FormField label={t(w.of)}>
            <Select
              options={options}
              selectedOption={options.find((one) => one.value === reason)!}
              onChange={({ detail }) => setReason(detail.selectedOption.value!)}
            />
          </FormField>
        }
        columns={[
          {
            id: "address",
            header: t(common.address),
            cell: (row) => <span className="code">{row.EmailAddress}</span>,
            width: 180,
          },
          { id: "reason", header: t(w.of), cell: (row) => named(suppressionReasons, row.Reason) },
          { id: "since", header: t(w.since), cell: (row) => when(row.LastUpdateTime) },
          {
            id: "act",
            header: t(common.actions),
            cell: (row) => (
              <Button
                variant="inline-link"
                ariaLabel={`${t(common.remove)}: ${row.EmailAddress}`}
                onClick={() => setRemoving(row.EmailAddress)}
              >
                {t(common.remove)}
              </Button>
            ),
          },
        ]}
      />
      {adding && <Add leave={() => setAdding(false)} added={() => void pages.reload()} />}
      {removing !== null && (
        <Ask
          title={`${t(common.remove)}: ${removing}`}
          yes={t(common.remove)}
          doing={doing}
          leave={() => setRemoving(null)}
          act={async () => {
            await call("sesv2", "DeleteSuppressedDestination", { EmailAddress: removing });
            notify(t(common.done, `${t(common.remove)}: ${removing}`));
            await pages.reload();
          }}
        >
          {t(w.removeAsk, removing)}
        </Ask>
      )}
    </>
  );
}
