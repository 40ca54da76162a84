import type { ReactNode } from 'react';
import type { DisjointFact, Inference, LineageFacts, Newest, SubsetFact } from '../lib/chain/factTypes.ts';
import type { Benchmark } from '../lib/chain/types.ts';
import { count, plural } from '../lib/format.ts';
import { BenchmarkLink, IdLink, Person } from './Identity.tsx';
import { Section } from './Section.tsx';

interface People {
  people: Record<string, string>;
}

/** Proved outputs that somebody recorded. */
export function RecordedOutputs({ inferences, people }: People & { inferences: Newest<Inference> }) {
  const { total } = inferences;
  return (
    <Section title="Recorded outputs" aside={total > 0 && count(total)}>
      {total === 0 ? (
        <p className="py-4 text-soft">Nobody has recorded a proved output here.</p>
      ) : (
        <p className="py-4 text-soft">
          Each entry is a proof that the model gives these outputs on these inputs. It does not show where the inputs
          come from, that the outputs are right, or what else its prover tried. Values are named by their hash or by
          their commitment: the record does not tell which, and holds none of them.
        </p>
      )}
      <InferenceList inferences={inferences} people={people} />
    </Section>
  );
}

/** @param named whether each is told with its model */
export function InferenceList({
  inferences,
  people,
  named = false,
}: People & { inferences: Newest<Inference>; named?: boolean }) {
  return (
    <ul className="divide-y divide-line" data-testid="inferences">
      {inferences.newest.map((one) => (
        <li key={`${one.model} ${one.inputs} ${one.outputs}`} className="py-3">
          {named && (
            <>
              Model <IdLink href={`/model/${one.model}`} value={one.model} />,{' '}
            </>
          )}
          {plural(one.rows, 'row')}, inputs {one.isShard && 'of shard '}
          <IdLink {...(one.isShard && { href: `/shard/${one.inputs}` })} value={one.inputs} />, outputs{' '}
          <IdLink value={one.outputs} />
          <Prover of={one} people={people} />
        </li>
      ))}
      <More of={inferences} />
    </ul>
  );
}

/** What facts about hidden rows show of a model's lineage, and what they leave open. @param benchmark that was chosen */
export function LineageAudit({ facts, benchmark, people }: People & { facts: LineageFacts; benchmark?: Benchmark }) {
  const { shards, unread, against, records, disjoint, subset } = facts;
  return (
    <Section title="Audits of its training data">
      <div className="grid gap-4 py-4">
        <p className="text-soft">
          {shards === 0
            ? 'Neither it nor an ancestor was trained on a registered shard.'
            : `It and its ancestors were trained on ${plural(shards, 'shard')}.`}
          {unread > 0 &&
            ` What ${plural(unread, 'model')} of its lineage ${unread === 1 ? 'was' : 'were'} made of is not recorded (imports, foreign programs, or not read here), so no audit is complete.`}{' '}
          Rows are compared integer by integer as they are committed: a row that differs by one unit, and a picture that
          is moved by a pixel, are other rows. A fact that is missing here says nothing.
        </p>
        {against && benchmark && <Against against={against} benchmark={benchmark} unread={unread} />}
        {records.total > 0 && (
          <ul className="list-disc pl-5 marker:text-rule" data-testid="records">
            {records.newest.map(({ record, absentFrom }) => (
              <li key={record}>
                The record with hash <IdLink value={record} /> is{' '}
                {absentFrom < shards
                  ? `shown to be none of the rows of ${count(absentFrom)} of the ${plural(shards, 'shard')}. Of the others this is not shown.`
                  : `shown to be none of the rows of ${shards === 1 ? 'the shard' : `all ${count(shards)} shards`}, whatever their labels${unread > 0 ? '; of what is not recorded, nothing is shown' : ''}.`}
              </li>
            ))}
            <More of={records} />
          </ul>
        )}
        {disjoint.total + subset.total > 0 && <ShardFactList disjoint={disjoint} subset={subset} people={people} />}
        {disjoint.total + subset.total + records.total === 0 && shards > 0 && (
          <p>No fact about these shards is recorded.</p>
        )}
      </div>
    </Section>
  );
}

/** The verdict beside one benchmark. */
function Against({
  against: { trainedOn, pairs, open },
  benchmark,
  unread,
}: {
  against: NonNullable<LineageFacts['against']>;
  benchmark: Benchmark;
  unread: number;
}) {
  const reasons = [
    ...(trainedOn > 0 ? [`its lineage was trained on ${plural(trainedOn, 'shard')} of the benchmark`] : []),
    ...(open > 0 ? [`no fact speaks of ${count(open)} of ${plural(pairs, 'pair')} of shards`] : []),
    ...(unread > 0 ? ['part of the lineage is not recorded'] : []),
  ];
  return (
    <p className={`border-l-4 pl-3 ${reasons.length === 0 ? 'border-good' : 'border-rule'}`} data-testid="against">
      <span className="font-semibold">{reasons.length === 0 ? 'Shown: ' : 'Not shown: '}</span>
      no shard of its lineage has a row in common with <BenchmarkLink benchmark={benchmark} />, by the inputs of the
      rows.
      {reasons.length > 0 && ` Reason: ${reasons.join('; ')}.`}
    </p>
  );
}

/** Facts, one in a line. */
export function ShardFactList({
  disjoint,
  subset,
  people,
}: People & { disjoint: Newest<DisjointFact>; subset: Newest<SubsetFact> }) {
  return (
    <ul className="list-disc pl-5 marker:text-rule" data-testid="facts">
      {disjoint.newest.map((fact) => (
        <li key={`${fact.first} ${fact.second}`}>
          Shards <IdLink href={`/shard/${fact.first}`} value={fact.first} /> and{' '}
          <IdLink href={`/shard/${fact.second}`} value={fact.second} /> have no row with the same inputs
          <Prover of={fact} people={people} />
        </li>
      ))}
      <More of={disjoint} />
      {subset.newest.map((fact) => (
        <li key={`${fact.shard} ${fact.dataset}`}>
          All rows of shard <IdLink href={`/shard/${fact.shard}`} value={fact.shard} />, with their labels, are rows of
          dataset <IdLink href={`/dataset/${fact.dataset}`} value={fact.dataset} />
          <Prover of={fact} people={people} />
        </li>
      ))}
      <More of={subset} />
    </ul>
  );
}

/** Who recorded it first, and when. */
export function Prover({ of: { prover, block }, people }: People & { of: { prover: string; block: number } }) {
  return (
    <span className="block text-[0.8125rem] text-soft">
      recorded by <Person address={prover} people={people} /> in block {count(block)}
    </span>
  );
}

/** How many entries of a list are not shown. */
export function More({ of: { newest, total } }: { of: Newest<unknown> }): ReactNode {
  return total > newest.length && <li className="list-none py-2 text-soft">and {count(total - newest.length)} more</li>;
}
