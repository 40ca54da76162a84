'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Hex } from 'viem';
import { DEFAULT_LIMIT } from '../graphQuestion.ts';
import type { Found } from './pageTypes.ts';
import type { Direction, Graph, GraphPart } from './types.ts';

/** A part of the tree is asked for again after so many milliseconds for each of its nodes: every 6 s where it is small. */
const MS_A_NODE = 20;

export interface GraphQuestion {
  focus?: Hex;
  hops: number;
  direction: Direction;
  limit: number;
  /** whose scores are told; another one is the same part of the tree */
  benchmark?: Hex;
}

/** A part of the tree; the previous one stays while the next is fetched. */
export function useGraph(question: GraphQuestion, initial: Graph, isInitial: boolean) {
  const part = partOf(question);
  return useQuery({
    queryKey: ['graph', part, question.benchmark],
    queryFn: async (): Promise<GraphPart> => {
      const scores = question.benchmark ? `&benchmark=${question.benchmark}` : '';
      return { ...(await getJson<Graph>(`/api/graph?${part}${scores}`)), part };
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => MS_A_NODE * Math.max(DEFAULT_LIMIT, state.data?.nodes.length ?? 0),
    ...(isInitial && { initialData: { ...initial, part }, initialDataUpdatedAt: Date.now() }),
  });
}

function partOf({ focus, hops, direction, limit }: GraphQuestion): string {
  const of = { hops: String(hops), direction, limit: String(limit), ...(focus && { focus }) };
  return new URLSearchParams(of).toString();
}

/** Nodes that a text may mean. */
export function useSearch(text: string) {
  return useQuery({
    queryKey: ['search', text],
    queryFn: () => getJson<Found>(`/api/search?q=${encodeURIComponent(text)}`),
    enabled: text.trim().length > 1,
    placeholderData: keepPreviousData,
  });
}

async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`The server answers ${response.status}.`);
  return response.json();
}
