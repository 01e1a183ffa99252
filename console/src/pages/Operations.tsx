/* #/api[/SERVICE[/OPERATION]]: any operation that the service serves, by hand. */
import Alert from "@cloudscape-design/components/alert";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { operations } from "virtual:served";
import { count, t } from "../i18n";
import { OneOperation } from "../parts/Operation";
import { go } from "../route";
import { common } from "../words/common";
import { operationWords as w } from "../words/operations";

const services = [...new Set(operations.map((operation) => operation.service))];

function optionsOf(names: string[]) {
  return names.map((value) => ({ value, label: value }));
}

/* Each choice is a page of its own: who has chosen goes on with what comes next, by keyboard too. */
export default function Operations({ parts: [asked, name] }: { parts: string[] }) {
  const service = services.find((one) => one === asked) ?? (asked === undefined ? services[0] : undefined);
  const offered = operations.filter((operation) => operation.service === service);
  const chosen = offered.find((operation) => operation.name === name);
  const unknown = !service || (name && !chosen);
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t(w.description)} counter={`(${count(operations.length)})`}>
        {t(w.title)}
      </Header>
      <Container>
        <ColumnLayout columns={2}>
          <FormField label={t(w.service)}>
            <Select
              options={optionsOf(services)}
              selectedOption={service ? optionsOf([service])[0]! : null}
              onChange={({ detail }) => go("api", detail.selectedOption.value!)}
            />
          </FormField>
          <FormField label={t(w.operation)}>
            <Select
              options={optionsOf(offered.map((operation) => operation.name))}
              selectedOption={chosen ? optionsOf([chosen.name])[0]! : null}
              placeholder={t(w.choose)}
              autoFocus={!!service && !name && asked !== undefined}
              filteringType="auto"
              filteringAriaLabel={t(common.find)}
              filteringPlaceholder={t(common.find)}
              empty={t(common.nothing)}
              noMatch={t(common.noMatch)}
              onChange={({ detail }) => go("api", service!, detail.selectedOption.value!)}
            />
          </FormField>
        </ColumnLayout>
      </Container>
      {unknown && (
        <Alert type="warning">
          <span className="name">{t(w.notServed, [asked, name].filter(Boolean).join(" "))}</span>
        </Alert>
      )}
      {chosen && <OneOperation key={`${chosen.service}/${chosen.name}`} operation={chosen} />}
    </SpaceBetween>
  );
}
