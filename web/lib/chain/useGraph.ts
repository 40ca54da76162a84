'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Hex } from 'viem';
import type { Direction } from './store.ts';
import type { Graph, SearchHit } from './types.ts';

export interface GraphQuestion {
  focus?: Hex;
  hops: number;
  direction: Direction;
  limit: number;
}

/** A part of the tree; the previous one stays while the next is fetched. */
export function useGraph({ focus, hops, direction, limit }: GraphQuestion, initial?: Graph) {
  const query = new URLSearchParams({ hops: String(hops), direction, limit: String(limit), ...(focus && { focus }) });
  return useQuery({
    queryKey: ['graph', query.toString()],
    queryFn: () => getJson<Graph>(`/api/graph?${query}`),
    placeholderData: keepPreviousData,
    refetchInterval: 6_000,
    ...(initial && { initialData: initial, initialDataUpdatedAt: Date.now() }),
  });
}

/** Nodes that a text may mean. */
export function useSearch(text: string) {
  return useQuery({
    queryKey: ['search', text],
    queryFn: () => getJson<SearchHit[]>(`/api/search?q=${encodeURIComponent(text)}`),
    enabled: text.trim().length > 1,
    placeholderData: keepPreviousData,
  });
}

async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`The server answers ${response.status}.`);
  return response.json();
}
