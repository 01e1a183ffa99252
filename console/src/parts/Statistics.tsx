/* What was sent and what came of it over time, from the quarters of an hour that the server counts. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import LineChart from "@cloudscape-design/components/line-chart";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useState } from "react";
import { verb } from "../api";
import type { Time } from "../answers";
import { count, currentLanguage, sortable, t } from "../i18n";
import { useLoad } from "../load";
import { common } from "../words/common";
import { overviewWords as w } from "../words/overview";
import { Failed } from "./Failed";

interface Quarter {
  start: Time;
  accepted: number;
  delivered: number;
  deferred: number;
  bounced: number;
  complained: number;
}

const measures = [
  ["accepted", w.accepted],
  ["delivered", w.delivered],
  ["deferred", w.deferred],
  ["bounced", w.bounces],
  ["complained", w.complaints],
] as const;

const HOUR = 3600_000;
/* Points of so many hours, to so many days back. */
const spans = {
  day: { days: 1, hours: 1, words: w.lastDay },
  week: { days: 7, hours: 6, words: w.lastWeek },
  fortnight: { days: 14, hours: 24, words: w.lastFortnight },
};
type Span = keyof typeof spans;

/* The beginning of the point that an instant lies in, by the local clock: a day begins at midnight here. */
function pointOf(at: number, hours: number): number {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  const begun = Math.floor((at - day.getTime()) / (hours * HOUR));
  return day.getTime() + begun * hours * HOUR;
}

function pointsOf(span: Span): number[] {
  const { days, hours } = spans[span];
  const points = new Set<number>();
  for (let at = Date.now() - days * 24 * HOUR + hours * HOUR; at < Date.now(); at += HOUR)
    points.add(pointOf(at, hours));
  points.add(pointOf(Date.now(), hours));
  return [...points];
}

function label(at: Date, span: Span): string {
  return span === "fortnight"
    ? at.toLocaleDateString(currentLanguage(), { month: "numeric", day: "numeric" })
    : at.toLocaleString(currentLanguage(), {
        ...(span === "week" && { month: "numeric", day: "numeric" }),
        hour: "numeric",
        minute: "numeric",
      });
}

export default function Statistics() {
  const [span, setSpan] = useState<Span>("day");
  const points = pointsOf(span);
  const loaded = useLoad(
    async () =>
      (
        await verb<{ quarters: Quarter[] }>("statistics.list", {
          since: new Date(points[0]!).toISOString().slice(0, 16) + "Z",
        })
      ).quarters,
    [span],
  );
  const series = measures.map(([measure, words]) => {
    const sums = new Map(points.map((point) => [point, 0]));
    for (const quarter of loaded.value ?? []) {
      const point = pointOf(sortable(quarter.start), spans[span].hours);
      if (sums.has(point)) sums.set(point, sums.get(point)! + quarter[measure]);
    }
    return { title: t(words), type: "line" as const, data: [...sums].map(([at, y]) => ({ x: new Date(at), y })) };
  });
  const most = Math.max(1, ...series.flatMap(({ data }) => data.map(({ y }) => y)));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t(w.chartHint)}
          actions={
            <SegmentedControl
              label={t(w.span)}
              selectedId={span}
              options={(Object.keys(spans) as Span[]).map((id) => ({ id, text: t(spans[id].words) }))}
              onChange={({ detail }) => setSpan(detail.selectedId as Span)}
            />
          }
        >
          {t(w.chart)}
        </Header>
      }
    >
      {loaded.error ? (
        <Failed error={loaded.error} again={() => void loaded.reload()} />
      ) : (
        <LineChart
          series={series}
          xDomain={[new Date(points[0]!), new Date(points[points.length - 1]!)]}
          yDomain={[0, most]}
          xScaleType="time"
          xTickFormatter={(at) => label(at, span)}
          yTickFormatter={count}
          height={220}
          hideFilter
          statusType={loaded.value ? "finished" : "loading"}
          loadingText={t(common.loading)}
          xTitle={t(common.time)}
          yTitle={t(w.number)}
          ariaLabel={t(w.chart)}
          empty={t(common.nothing)}
          noMatch={t(common.noMatch)}
        />
      )}
    </Container>
  );
}
