// What of the tree is looked at, as its address says it: so back, forward and links to others show the same.
import type { Direction, Kind, ModelFilter, Neighbourhood } from './chain/types.ts';
import { isHash } from './format.ts';
import { DEFAULT_HOPS, DEFAULT_LIMIT, MOST_NODES } from './graphQuestion.ts';
import { addressIn } from './ids.ts';

type Params = { get(name: string): string | null };

/** What stands in the address of the tree; what is missing is as usual. */
export interface TreeLink {
  /** the model that it is about */
  focus?: `0x${string}`;
  hops: number;
  direction: Direction;
  everything: boolean;
  view: 'picture' | 'table';
  /** a model's id, or 'none' although there is a focus */
  selected?: string;
  /** an id or 'none' */
  benchmark?: string;
  kind?: Kind;
  trainer?: string;
  declared?: 'yes' | 'no';
  scored: boolean;
  /** days, as 2026-11-30 */
  since?: string;
  until?: string;
}

const KINDS: readonly string[] = ['seed', 'import', 'train', 'merge', 'foreign'] satisfies Kind[];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_SECONDS = 86_400;
const MOST_HOPS = 100_000;

/** The parameters of a page's address, each once. */
export function paramsOf(params: Record<string, string | string[] | undefined>): URLSearchParams {
  const given = Object.entries(params).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return new URLSearchParams(given);
}

/** Reads an address; anything odd is left out. */
export function parseTreeLink(path: string, params: Params): TreeLink {
  const focus = /^\/model\/(0x[0-9a-f]{64})\/tree$/i.exec(path)?.[1] ?? params.get('focus');
  const [hops, direction, benchmark, selected] = ['hops', 'direction', 'benchmark', 'selected'].map((name) =>
    params.get(name),
  );
  const [kind, trainer, declared] = ['kind', 'trainer', 'declared'].map((name) => params.get(name));
  const dayOf = (name: string) => (DAY.test(params.get(name) ?? '') ? params.get(name)! : undefined);
  const [since, until] = [dayOf('since'), dayOf('until')];
  return {
    ...(isHash(focus) && { focus: focus.toLowerCase() as `0x${string}` }),
    hops: /^\d{1,6}$/.test(hops ?? '') ? Math.min(MOST_HOPS, Math.max(1, Number(hops))) : DEFAULT_HOPS,
    direction: direction === 'ancestors' || direction === 'descendants' ? direction : 'both',
    everything: params.get('all') === 'yes',
    view: params.get('view') === 'table' ? 'table' : 'picture',
    ...((selected === 'none' || isHash(selected)) && { selected: selected.toLowerCase() }),
    ...((benchmark === 'none' || isHash(benchmark)) && { benchmark: benchmark.toLowerCase() }),
    ...(kind && KINDS.includes(kind) && { kind: kind as Kind }),
    ...(trainer && addressIn(trainer) && { trainer: addressIn(trainer)! }),
    ...((declared === 'yes' || declared === 'no') && { declared }),
    scored: params.get('scored') === 'yes',
    ...(since && { since }),
    ...(until && { until }),
  };
}

/** The address of what is looked at. */
export function formatTreeLink(link: TreeLink): string {
  const { focus, hops, direction, everything, view, scored, ...texts } = link;
  const params = new URLSearchParams({
    ...(hops !== DEFAULT_HOPS && { hops: String(hops) }),
    ...(direction !== 'both' && { direction }),
    ...(everything && { all: 'yes' }),
    ...(view === 'table' && { view }),
    ...(scored && { scored: 'yes' }),
    ...Object.fromEntries(Object.entries(texts).filter(([, value]) => value)),
  });
  const query = params.size > 0 ? `?${params}` : '';
  return `${focus ? `/model/${focus}/tree` : '/tree'}${query}`;
}

/** Which part of the tree that is. @param benchmark whose scores are told */
export function questionOf(link: TreeLink, benchmark: `0x${string}` | undefined): Neighbourhood {
  const { focus, hops, direction, everything } = link;
  const limit = everything ? MOST_NODES : DEFAULT_LIMIT;
  const which = { ...(focus && { focus }), ...(benchmark && { benchmark }) };
  return { hops, direction, limit, filter: filterOf(link), ...which };
}

/** What the address asks of models. */
export function filterOf({ kind, trainer, declared, scored, since, until }: TreeLink): ModelFilter {
  const start = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000;
  return {
    ...(kind && { kind }),
    ...(trainer && { trainer: trainer as `0x${string}` }),
    ...(declared && { declared: declared === 'yes' }),
    ...(scored && { scored }),
    ...(since && { since: start(since) }),
    ...(until && { until: start(until) + DAY_SECONDS }),
  };
}

/** The same as parameters of an address. */
export function filterTexts(filter: ModelFilter = {}): Record<string, string> {
  const { kind, trainer, declared, scored, since, until } = filter;
  const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10);
  return {
    ...(kind && { kind }),
    ...(trainer && { trainer }),
    ...(declared !== undefined && { declared: declared ? 'yes' : 'no' }),
    ...(scored && { scored: 'yes' }),
    ...(since !== undefined && { since: day(since) }),
    ...(until !== undefined && { until: day(until - DAY_SECONDS) }),
  };
}

/** How many filters are in use. */
export function filtersIn({ kind, trainer, declared, scored, since, until }: TreeLink): number {
  return [kind, trainer, declared, scored, since, until].filter(Boolean).length;
}
