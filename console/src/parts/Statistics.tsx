/* What was sent, day by day, from the points of 15 minutes that GetSendStatistics gives. */
import BarChart from "@cloudscape-design/components/bar-chart";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { call } from "../api";
import type { Time } from "../answers";
import { currentLanguage, sortable, t } from "../i18n";
import { useLoad } from "../load";
import { common } from "../words/common";
import { overviewWords as w } from "../words/overview";
import { Failed } from "./Failed";

interface Point {
  Timestamp: Time;
  DeliveryAttempts: number;
  Bounces: number;
  Complaints: number;
  Rejects: number;
}
type Measure = "DeliveryAttempts" | "Bounces" | "Complaints" | "Rejects";

const DAYS = 14;

function dayOf(at: number): string {
  return new Date(at).toLocaleDateString(currentLanguage(), { month: "numeric", day: "numeric" });
}

function days(): string[] {
  return Array.from({ length: DAYS }, (_, back) => {
    const day = new Date();
    day.setDate(day.getDate() - (DAYS - 1 - back));
    return dayOf(day.getTime());
  });
}

function byDay(points: Point[], measure: Measure): { x: string; y: number }[] {
  const sums = new Map(days().map((day) => [day, 0]));
  for (const point of points) {
    const day = dayOf(sortable(point.Timestamp));
    if (sums.has(day)) sums.set(day, sums.get(day)! + point[measure]);
  }
  return [...sums].map(([x, y]) => ({ x, y }));
}

export default function Statistics() {
  const loaded = useLoad(
    async () => (await call<{ SendDataPoints?: Point[] }>("ses", "GetSendStatistics")).SendDataPoints ?? [],
  );
  const points = loaded.value ?? [];
  const series = (
    [
      ["DeliveryAttempts", w.attempts],
      ["Bounces", w.bounces],
      ["Complaints", w.complaints],
      ["Rejects", w.rejects],
    ] as const
  ).map(([measure, words]) => ({ title: t(words), type: "bar" as const, data: byDay(points, measure) }));
  const most = Math.max(1, ...series.flatMap(({ data }) => data.map(({ y }) => y)));
  return (
    <Container
      header={
        <Header variant="h2" description={t(w.chartHint)}>
          {t(w.chart)}
        </Header>
      }
    >
      {loaded.error ? (
        <Failed error={loaded.error} again={() => void loaded.reload()} />
      ) : (
        <BarChart
          series={series}
          xDomain={days()}
          yDomain={[0, most]}
          xScaleType="categorical"
          height={220}
          hideFilter
          statusType={loaded.value ? "finished" : "loading"}
          loadingText={t(common.loading)}
          xTitle={t(w.day)}
          yTitle={t(w.number)}
          ariaLabel={t(w.chart)}
          empty={t(common.nothing)}
          noMatch={t(common.noMatch)}
        />
      )}
    </Container>
  );
}
