'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { DEFAULT_LIMIT } from '../graphQuestion.ts';
import { filterTexts } from '../treeLink.ts';
import type { Found } from './pageTypes.ts';
import type { Graph, GraphPart, Neighbourhood } from './types.ts';

/** A part of the tree is asked for again after so many milliseconds for each of its nodes: every 6 s where it is small. */
const MS_A_NODE = 20;

/** A part of the tree; the previous one stays while the next is fetched. */
export function useGraph(question: Neighbourhood, initial: Graph, isInitial: boolean) {
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

function partOf({ focus, hops, direction, limit, filter }: Neighbourhood): string {
  const of = { hops: String(hops), direction, limit: String(limit), ...(focus && { focus }), ...filterTexts(filter) };
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
