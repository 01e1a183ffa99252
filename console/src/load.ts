/* Reading from the server, and doing something there, with what a page shows meanwhile. */
import { useCallback, useEffect, useRef, useState } from "react";
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

/* A list of which the server gives a page at a time, each with a token for the next. */
export function usePages<T>(
  read: (token?: string) => Promise<{ items: T[]; next?: string }>,
  on: readonly unknown[] = [],
): Pages<T> {
  const [tokens, setTokens] = useState<(string | undefined)[]>([undefined]);
  const [page, setPage] = useState(1);
  useEffect(() => {
    setTokens([undefined]);
    setPage(1);
  }, on);
  const loaded = useLoad(async () => {
    const got = await read(tokens[page - 1]);
    if (got.next) setTokens((before) => (before.length > page ? before : [...before, got.next]));
    return got;
  }, [page, ...on]);
  return {
    ...loaded,
    value: loaded.value?.items,
    page,
    more: !!loaded.value?.next,
    turn: (wanted) => {
      if (wanted <= tokens.length) setPage(wanted);
    },
  };
}
