// Lists of what somebody registered, the newest first, with how many more there are.
import type { ReactNode } from 'react';
import { zeroAddress } from 'viem';
import type { Dataset, Shard } from '../lib/chain/dataTypes.ts';
import type { Newest } from '../lib/chain/factTypes.ts';
import type { NamedBounty, NamedResult } from '../lib/chain/pageTypes.ts';
import type { Benchmark, Model } from '../lib/chain/types.ts';
import { amount, count, plural } from '../lib/format.ts';
import { benchmarkName } from '../lib/names.ts';
import { OUTPUTS } from '../lib/training.ts';
import { EdgeList } from './EdgeList.tsx';
import { BenchmarkLink, IdLink, ModelLink, NamedLink } from './Identity.tsx';
import { More } from './ModelProofs.tsx';
import { ResultMarks, resultFigure } from './ResultMarks.tsx';
import { Section } from './Section.tsx';

interface ListProps<T> {
  title: string;
  list: Newest<T>;
  /** what stands there where it is empty */
  empty: string;
  aside?: ReactNode;
}

function List<T>({
  title,
  list,
  empty,
  aside,
  keyOf,
  show,
}: ListProps<T> & { keyOf(one: T): string; show(one: T): ReactNode }) {
  return (
    <Section title={title} aside={aside ?? (list.total > 0 && count(list.total))}>
      {list.total === 0 && <p className="py-4 text-soft">{empty}</p>}
      <ul className="divide-y divide-line">
        {list.newest.map((one) => (
          <li key={keyOf(one)} className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 py-3">
            {show(one)}
          </li>
        ))}
        <More of={list} />
      </ul>
    </Section>
  );
}

export function ModelList({
  title,
  list,
  empty,
  aside,
  people,
}: ListProps<Model> & { people: Record<string, string> }) {
  return (
    <Section title={title} aside={aside ?? (list.total > 0 && count(list.total))}>
      {list.total === 0 ? <p className="py-4 text-soft">{empty}</p> : <EdgeList models={list.newest} people={people} />}
      <ul>
        <More of={list} />
      </ul>
    </Section>
  );
}

export function DatasetList(props: ListProps<Dataset>) {
  return (
    <List
      {...props}
      keyOf={({ id }) => id}
      show={(dataset) => (
        <>
          <NamedLink href={`/dataset/${dataset.id}`} name={benchmarkName(dataset)} />
          <span className="text-soft">
            {plural(dataset.rows, 'row')} in {plural(dataset.shards.length, 'shard')}
          </span>
        </>
      )}
    />
  );
}

export function ShardList(props: ListProps<Shard>) {
  return (
    <List
      {...props}
      keyOf={({ id }) => id}
      show={(shard) => (
        <>
          <IdLink href={`/shard/${shard.id}`} value={shard.id} />
          <span className="text-soft">{shardInWords(shard)}</span>
        </>
      )}
    />
  );
}

/** How many rows of what. */
export function shardInWords({ rows, inputs, outputs, kind }: Shard): string {
  return `${plural(rows, 'row')}, ${plural(inputs, 'input')}, ${count(outputs)} ${OUTPUTS[kind]}`;
}

export function BenchmarkList(props: ListProps<Benchmark>) {
  return (
    <List
      {...props}
      keyOf={({ id }) => id}
      show={(benchmark) => (
        <>
          <BenchmarkLink benchmark={benchmark} />
          <span className="text-soft">
            {benchmark.sealed && !benchmark.sealed.opened
              ? 'sealed, still closed'
              : `${plural(benchmark.rows, 'row')}, ${plural(benchmark.results, 'result')}`}
          </span>
        </>
      )}
    />
  );
}

export function ResultList(props: ListProps<NamedResult>) {
  return (
    <List
      {...props}
      keyOf={({ model, benchmark }) => `${model.id} ${benchmark.id}`}
      show={({ model, benchmark, result }) => (
        <>
          <ModelLink model={model} mark={false} />
          <span className="grid max-w-full justify-items-end gap-1 text-right">
            <span className="figure text-xl">
              {resultFigure(result)}
              <span className="text-[0.8125rem] text-soft">
                {result.right === undefined ? ' mean squared error' : ' right, at least'}
              </span>
            </span>
            <ResultMarks result={result} />
            <span className="text-[0.8125rem] text-soft">
              on <BenchmarkLink benchmark={benchmark} />
            </span>
          </span>
        </>
      )}
    />
  );
}

export function BountyList(props: ListProps<NamedBounty>) {
  return (
    <List
      {...props}
      keyOf={({ bounty }) => bounty.id}
      show={({ bounty: { id, token, state, benchmark, ...bounty }, on }) => (
        <>
          <span>
            <NamedLink href={`/bounty/${id}`} name={`Bounty ${id}`} />
            {token === zeroAddress && ` of ${amount(bounty.amount, 18)} ETH`} on{' '}
            <BenchmarkLink benchmark={on ?? { id: benchmark, uri: '' }} />
          </span>
          <span className="text-soft">{STATES[state]}</span>
        </>
      )}
    />
  );
}

export const STATES = { open: 'open', won: 'won', refunded: 'given back' } as const;
