/* Reading from the server, and doing something there, with what a page shows meanwhile. */
import { useCallback, useEffect, useRef, useState } from "react";
import type { Time } from "./answers";
import { ApiError } from "./api";

export interface Loaded<T> {
  value: T | undefined;
  error: ApiError | null;
  loading: boolean;
  reload: () => Promise<void>;
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, "Console", String(error));
}

/* An answer that comes after a later question, or after the page is left, is not shown. */
export function useLoad<T>(read: () => Promise<T>, on: readonly unknown[] = []): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error: ApiError | null; loading: boolean }>({
    error: null,
    loading: true,
  });
  const newest = useRef(0);
  const reload = useCallback(async () => {
    const mine = ++newest.current;
    setState((before) => ({ ...before, loading: true }));
    try {
      const value = await read();
      if (mine === newest.current) setState({ value, error: null, loading: false });
    } catch (error) {
      if (mine === newest.current) setState({ error: asApiError(error), loading: false });
    }
  }, on);
  useEffect(() => {
    void reload();
    return () => {
      newest.current++;
    };
  }, [reload]);
  return { value: state.value, error: state.error, loading: state.loading, reload };
}

export interface Doing {
  busy: boolean;
  error: ApiError | null;
  run: (act: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

/* One action at a time: a second press while the first runs does nothing. */
export function useDoing(): Doing {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const running = useRef(false);
  const run = async (act: () => Promise<void>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await act();
      return true;
    } catch (failed) {
      setError(asApiError(failed));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { busy, error, run, clear: () => setError(null) };
}

export interface Pages<T> extends Loaded<T[]> {
  page: number;
  more: boolean;
  turn: (page: number) => void;
}

/* A list of which the server gives a page at a time, each with a token for the next. What is asked
 * otherwise begins with the first page; asked again, the page is read again. */
export function usePages<T>(
  read: (token?: string) => Promise<{ items: T[]; next?: string }>,
  on: readonly unknown[] = [],
): Pages<T> {
  const question = JSON.stringify(on);
  const [turned, setTurned] = useState<{ question: string; tokens: (string | undefined)[]; page: number }>({
    question,
    tokens: [undefined],
    page: 1,
  });
  const { tokens, page } = turned.question === question ? turned : { tokens: [undefined], page: 1 };
  const loaded = useLoad(async () => {
    const got = await read(tokens[page - 1]);
    if (got.next && tokens.length <= page) setTurned({ question, tokens: [...tokens, got.next], page });
    return got;
  }, [page, ...on]);
  return {
    ...loaded,
    value: loaded.value?.items,
    page,
    more: !!loaded.value?.next,
    turn: (wanted) => {
      if (wanted <= tokens.length) setTurned({ question, tokens, page: wanted });
    },
  };
}

export interface Search<T> extends Pages<T> {
  reached: Time; // how far back it has looked, while it looks
  stop: () => void;
}

/* A search of which the server does a part at a time: on until a page is full, or somebody stops it. */
export function useSearch<T>(
  read: (limit: number, token?: string) => Promise<{ items: T[]; next?: string; reached?: Time }>,
  size: number,
  on: readonly unknown[] = [],
): Search<T> {
  const [reached, setReached] = useState<Time>(null);
  const running = useRef(0);
  const pages = usePages<T>(async (token) => {
    const mine = ++running.current;
    const items: T[] = [];
    let next = token;
    setReached(null);
    do {
      const got = await read(size - items.length, next);
      items.push(...got.items);
      next = got.next;
      if (mine === running.current) setReached(got.reached);
    } while (next && items.length < size && mine === running.current);
    return { items, next };
  }, on);
  const stop = () => {
    running.current++;
  };
  useEffect(() => stop, []); // who left does not look on
  return { ...pages, reached: pages.loading ? reached : null, stop };
}
