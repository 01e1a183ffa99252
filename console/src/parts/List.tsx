import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import type { ReactNode } from "react";
import { count, counted, t, when } from "../i18n";
import type { Loaded, Pages, Search } from "../load";
import { common } from "../words/common";
import { Failed } from "./Failed";

export interface Column<T> {
  id: string;
  header: string;
  cell: (item: T) => ReactNode;
  sort?: (item: T) => string | number;
  width?: number;
}

interface ListProps<T> {
  title: string;
  description?: ReactNode;
  columns: Column<T>[];
  rows: (item: T) => string;
  actions?: ReactNode;
  empty?: ReactNode;
  variant?: TableProps["variant"];
  page?: boolean; // the list is what the page is about, and has its first heading
  filters?: ReactNode;
  selected?: T[];
  select?: (items: T[]) => void;
  multiple?: boolean;
  label?: (item: T) => string;
}

function definitions<T>(columns: Column<T>[]): TableProps.ColumnDefinition<T>[] {
  return columns.map(({ id, header, cell, sort, width }) => ({
    id,
    header,
    cell,
    minWidth: width ?? 110,
    sortingComparator:
      sort &&
      ((one: T, other: T) => {
        const a = sort(one),
          b = sort(other);
        return a < b ? -1 : a > b ? 1 : 0;
      }),
  }));
}

function Nothing({ words }: { words: ReactNode }) {
  return (
    <Box textAlign="center" color="text-status-inactive" padding="m">
      {words}
    </Box>
  );
}

function Heading({
  title,
  description,
  actions,
  counter,
  reload,
  page,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  counter?: string;
  reload: () => void;
  page: boolean;
}) {
  return (
    <Header
      variant={page ? "h1" : "h2"}
      counter={counter}
      description={description}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel={t(common.reload)} onClick={reload} />
          {actions}
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
}

function selection<T>(props: ListProps<T>): Partial<TableProps<T>> {
  if (!props.select) return {};
  return {
    selectionType: props.multiple ? "multi" : "single",
    selectedItems: props.selected ?? [],
    onSelectionChange: ({ detail }) => props.select!(detail.selectedItems),
    ariaLabels: {
      selectionGroupLabel: props.title,
      allItemsSelectionLabel: () => props.title,
      itemSelectionLabel: (_, item) => (props.label ?? props.rows)(item),
    },
  };
}

const SHORT = 5; // rows that nobody needs to search

/* A list that the server gives whole: found, sorted and turned over here. */
export function List<T>(props: ListProps<T> & { loaded: Loaded<T[]>; text: (item: T) => string; pageSize?: number }) {
  const { loaded, text } = props;
  const items = loaded.value ?? [];
  const {
    items: shown,
    collectionProps,
    filterProps,
    filteredItemsCount,
    paginationProps,
  } = useCollection(items, {
    filtering: {
      filteringFunction: (item: T, wanted: string) => text(item).toLowerCase().includes(wanted.toLowerCase()),
      empty: <Nothing words={props.empty ?? t(common.nothing)} />,
      noMatch: <Nothing words={t(common.noMatch)} />,
    },
    pagination: { pageSize: props.pageSize ?? 25 },
    sorting: {},
  });
  if (loaded.error) return <Failed error={loaded.error} again={() => void loaded.reload()} />;
  const columns = definitions(props.columns);
  return (
    <Table<T>
      {...collectionProps}
      {...selection(props)}
      items={shown}
      variant={props.variant ?? "container"}
      wrapLines
      columnDefinitions={columns.map((column, at) => ({
        ...column,
        sortingField: undefined,
        sortingComparator: props.columns[at]!.sort ? column.sortingComparator : undefined,
      }))}
      trackBy={props.rows}
      loading={loaded.loading && !loaded.value}
      loadingText={t(common.loading)}
      header={
        <Heading
          title={props.title}
          description={props.description}
          actions={props.actions}
          counter={loaded.value && `(${count(items.length)})`}
          page={props.page ?? props.variant === "full-page"}
          reload={() => void loaded.reload()}
        />
      }
      filter={
        (props.filters || items.length > SHORT) && (
          <SpaceBetween size="xs">
            {items.length > SHORT && (
              <TextFilter
                {...filterProps}
                filteringPlaceholder={t(common.find)}
                filteringAriaLabel={`${t(common.find)}: ${props.title}`}
                countText={counted(common.matches, filteredItemsCount ?? 0)}
              />
            )}
            {props.filters}
          </SpaceBetween>
        )
      }
      pagination={items.length > (props.pageSize ?? 25) && <Pagination {...paginationProps} />}
    />
  );
}

/* A list of which the server gives one page at a time. */
export function PagedList<T>(props: ListProps<T> & { pages: Pages<T> | Search<T> }) {
  const { pages } = props;
  if (pages.error) return <Failed error={pages.error} again={() => void pages.reload()} />;
  return (
    <Table<T>
      {...selection(props)}
      items={pages.value ?? []}
      variant={props.variant ?? "container"}
      wrapLines
      columnDefinitions={definitions(props.columns).map((column) => ({ ...column, sortingComparator: undefined }))}
      trackBy={props.rows}
      loading={pages.loading}
      loadingText={t(common.loading)}
      empty={<Nothing words={props.empty ?? t(common.nothing)} />}
      filter={
        <SpaceBetween size="xs">
          {props.filters}
          {"reached" in pages && pages.reached && (
            <SpaceBetween direction="horizontal" size="xs">
              <StatusIndicator type="loading">{t(common.lookedBackTo, when(pages.reached))}</StatusIndicator>
              <Button variant="inline-link" onClick={pages.stop}>
                {t(common.stop)}
              </Button>
            </SpaceBetween>
          )}
        </SpaceBetween>
      }
      header={
        <Heading
          title={props.title}
          description={props.description}
          actions={props.actions}
          page={props.page ?? props.variant === "full-page"}
          reload={() => void pages.reload()}
        />
      }
      pagination={
        (pages.more || pages.page > 1) && (
          <Pagination
            currentPageIndex={pages.page}
            pagesCount={pages.page + (pages.more ? 1 : 0)}
            openEnd={pages.more}
            onChange={({ detail }) => pages.turn(detail.currentPageIndex)}
          />
        )
      }
    />
  );
}
