'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Hex } from 'viem';
import { BenchmarkField } from '../../../components/BenchmarkSelect.tsx';
import { KIND_NAMES, KindSymbol } from '../../../components/KindSymbol.tsx';
import { SearchBox } from '../../../components/SearchBox.tsx';
import { TreeCanvas } from '../../../components/tree/TreeCanvas.tsx';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import type { BenchmarkChoice, Direction, Graph, GraphPart, Kind } from '../../../lib/chain/types.ts';
import { useGraph, useSearch } from '../../../lib/chain/useGraph.ts';
import { count } from '../../../lib/format.ts';
import { MOST_NODES } from '../../../lib/graphQuestion.ts';
import { benchmarkName } from '../../../lib/names.ts';
import { filterOf, formatTreeLink, parseTreeLink, questionOf, type TreeLink } from '../../../lib/treeLink.ts';
import { Filters } from './Filters.tsx';

// Only some visitors look at these: they are fetched when they are wanted.
const SelectedModel = lazy(async () => ({
  default: (await import('../../../components/tree/SelectedModel.tsx')).SelectedModel,
}));
const TreeTable = lazy(async () => ({ default: (await import('../../../components/tree/TreeTable.tsx')).TreeTable }));

const HOPS = [1, 2, 3, 5, 10, 25, 100];
const ALL = 100_000;

interface Props {
  initial: Graph;
  /** what the initial graph is of */
  link: TreeLink;
  /** the benchmark of the initial graph, and the others */
  choice: BenchmarkChoice;
}

/** Part of the tree, what part it is, and two ways to look at it. */
export function TreeScreen(props: Props) {
  const part = useTreePart(props);
  const { graph, link, chosen, change } = part;
  const { focus, view } = link;
  const selected = link.selected === 'none' ? undefined : (link.selected ?? focus);
  const router = useRouter();
  const { people } = useChainConfig();
  const node = graph.nodes.find(({ id }) => id === selected);
  const lookAt = (id: Hex | undefined) => change({ focus: id, selected: undefined });
  const select = (id: string | undefined) => change({ selected: id ?? (focus && 'none') }, true);
  return (
    <div className="flex flex-col">
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-end gap-x-4 gap-y-3 px-4 pt-6 pb-4 sm:px-6">
        <h1 className="title mr-auto text-3xl">Tree</h1>
        <Search onChoose={lookAt} />
        <NearField part={part} />
        {props.choice.total > 0 && (
          <div className="w-full sm:w-64">
            <BenchmarkField
              choice={{ ...props.choice, benchmark: chosen }}
              onChoose={(benchmark) => change({ benchmark, ...(benchmark === 'none' && { scored: false }) })}
            />
          </div>
        )}
        <ViewField view={view} onView={(shown) => change({ view: shown })} />
        <Filters link={link} people={people} hasBenchmark={chosen !== undefined} onChange={change} />
      </div>
      <div
        className="relative h-[max(26rem,calc(100dvh-17rem))] border-y border-line bg-sunk/40"
        aria-busy={part.isOld}
      >
        {view === 'table' ? (
          <Suspense>
            <TreeTable graph={graph} people={people} />
          </Suspense>
        ) : (
          <TreeCanvas
            graph={graph}
            people={people}
            selected={selected}
            onSelect={select}
            onOpen={(id) => router.push(`/model/${id}`)}
          />
        )}
        {view === 'picture' && node && (
          <Suspense>
            <SelectedModel
              node={node}
              people={people}
              isFocus={node.id === focus}
              onFocus={() => lookAt(node.id)}
              onClose={() => select(undefined)}
            />
          </Suspense>
        )}
      </div>
      <Foot part={part} onLeave={() => lookAt(undefined)} />
    </div>
  );
}

/** Which part of the tree the address asks for, and what is read of it. */
function useTreePart({ initial, link: first, choice }: Props) {
  const [link, setLink] = useTreeLink();
  const config = useChainConfig();
  const wanted = link.benchmark ?? config.benchmark;
  const chosen = choice.benchmarks.find(({ id }) => id === wanted);
  const benchmark = chosen?.id;
  const question = questionOf(link, benchmark);
  const isInitial = JSON.stringify(question) === JSON.stringify(questionOf(first, choice.benchmark?.id));
  const { data, isPlaceholderData: isOld } = useGraph(question, initial, isInitial);
  const read = data ?? { ...initial, part: '' };
  // Scores of the benchmark before are not shown under the name of the next one.
  const graph = useMemo(() => (read.benchmark === benchmark ? read : withoutScores(read)), [read, benchmark]);
  const change = (more: Partial<TreeLink>, replace = false) => {
    const next = { ...link, ...more };
    setLink(next);
    if (replace) window.history.replaceState(null, '', formatTreeLink(next));
    else window.history.pushState(null, '', formatTreeLink(next));
  };
  return { graph, isOld, link, chosen, change };
}

/** What the address says. A change is shown at once: the address follows a moment later. */
function useTreeLink() {
  const said = parseTreeLink(usePathname(), useSearchParams());
  const address = formatTreeLink(said);
  const [known, setKnown] = useState(address);
  const [link, setLink] = useState(said);
  if (address !== known) {
    setKnown(address);
    setLink(said);
  }
  return [link, setLink] as const;
}

type TreePart = ReturnType<typeof useTreePart>;

function Search({ onChoose }: { onChoose(id: `0x${string}`): void }) {
  const [text, setText] = useState('');
  const { data: hits } = useSearch(text);
  return (
    <SearchBox
      text={text}
      hits={hits?.models.newest ?? []}
      onText={setText}
      onChoose={(id) => {
        setText('');
        onChoose(id);
      }}
    />
  );
}

/** How much is shown of what stands around one model. */
function NearField({ part: { link, change } }: { part: TreePart }) {
  const { focus, hops, direction } = link;
  const disabled = focus === undefined;
  return (
    <>
      <label className="grid gap-1 text-[0.8125rem] text-soft">
        Steps away
        <select
          className="field w-28"
          value={hops}
          disabled={disabled}
          onChange={(event) => change({ hops: Number(event.target.value) })}
        >
          {HOPS.map((value) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
          <option value={ALL}>All</option>
        </select>
      </label>
      <label className="grid gap-1 text-[0.8125rem] text-soft">
        Show
        <select
          className="field w-36"
          value={direction}
          disabled={disabled}
          onChange={(event) => change({ direction: event.target.value as Direction })}
        >
          <option value="both">Whole family</option>
          <option value="ancestors">Ancestors</option>
          <option value="descendants">Descendants</option>
        </select>
      </label>
    </>
  );
}

function ViewField({ view, onView }: { view: TreeLink['view']; onView(view: TreeLink['view']): void }) {
  return (
    <fieldset className="flex rounded-[3px] border border-rule bg-sheet p-0.5">
      <legend className="sr-only">Picture or table</legend>
      {(['picture', 'table'] as const).map((value) => (
        <label
          key={value}
          className="cursor-pointer rounded-[2px] px-3 py-1.5 capitalize has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-2 has-focus-visible:outline-mark"
        >
          <input
            type="radio"
            name="view"
            value={value}
            checked={view === value}
            onChange={() => onView(value)}
            className="sr-only"
          />
          {value}
        </label>
      ))}
    </fieldset>
  );
}

/** How much of the tree this is, and what its marks mean. */
function Foot({ part, onLeave }: { part: TreePart; onLeave(): void }) {
  const { graph, link, chosen, change } = part;
  const { focus, everything } = link;
  const isFiltered = Object.keys(filterOf(link)).length > 0;
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-4 text-[0.8125rem] text-soft sm:px-6">
      <p data-testid="shown">
        {count(graph.nodes.length)} of {count(graph.total)} models
        {focus ? ' around one' : graph.truncated ? ', the newest' : ''}
        {isFiltered && ', as filtered'}
      </p>
      {chosen && (
        <p data-testid="scores-of">
          Scores of <bdi>{benchmarkName(chosen)}</bdi>. † trained on these rows, or on other columns or classes
        </p>
      )}
      {graph.truncated && !everything && (
        <button type="button" className="link" onClick={() => change({ everything: true })}>
          Show up to {count(MOST_NODES)}
        </button>
      )}
      {focus && (
        <button type="button" className="link" onClick={onLeave}>
          Leave this model
        </button>
      )}
      <ul className="flex flex-wrap gap-x-5 gap-y-1 sm:ml-auto">
        {(Object.keys(KIND_NAMES) as Kind[]).map((kind) => (
          <li key={kind} className="flex items-center gap-1.5">
            <KindSymbol kind={kind} /> {KIND_NAMES[kind]}
          </li>
        ))}
      </ul>
    </div>
  );
}

function withoutScores(graph: GraphPart): GraphPart {
  return { ...graph, nodes: graph.nodes.map(({ score: _score, ...node }) => node) };
}
