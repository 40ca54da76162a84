import Link from 'next/link';
import { Fragment } from 'react';
import type { ModelShape } from '../../src/model/shape.ts';
import { isModelProgram, PROGRAMS } from '../../src/registry/programs/list.ts';
import type { Training } from '../lib/chain/types.ts';
import type { EdgeFacts } from '../lib/edgeFacts.ts';
import { count, networkLabel, plural } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';
import { proquint } from '../lib/proquint.ts';
import { OUTPUTS, sumOf, targetsInWords } from '../lib/training.ts';
import { Hash } from './Identity.tsx';
import { KindLabel } from './KindSymbol.tsx';
import { MeasureFacts } from './Measures.tsx';

const NAMES = {
  shard: 'A shard of data',
  model: 'A model',
  result: 'A score',
  inference: 'An inference',
  fact: 'A fact about rows',
};

/** An edge file, decoded: who, what, from what. */
export function EdgeSummary({ facts, people }: { facts: EdgeFacts; people: Record<string, string> }) {
  const { id, kind, trainer, widths, network, head, parents, shard, trainings, kept, chainId, registry, metadata } =
    facts;
  const { result, measures } = facts;
  const { registers } = PROGRAMS[kind];
  const name = people[trainer.toLowerCase()];
  const isRun = trainings !== undefined && trainings.length > 1;
  return (
    <dl className="grid-facts">
      <dt>What</dt>
      <dd className="flex flex-wrap items-center gap-x-2">
        {isModelProgram(kind) ? <KindLabel kind={kind} /> : <span className="font-medium">{NAMES[registers]}</span>}
        {widths && head && <span className="text-soft">{networkLabel({ widths, network, head })}</span>}
      </dd>
      <dt>It registers</dt>
      <dd>
        {registers !== 'shard' && <span className="mr-2 font-medium">{proquint(id)}</span>}
        <Hash value={id} what="id" />
      </dd>
      <dt>Trainer</dt>
      <dd>
        {name && <span className="mr-2">{name}</span>}
        <Hash value={trainer} what="address" />
      </dd>
      {parents?.map((parent, k) => (
        <Fragment key={parent}>
          <dt>
            {registers === 'result' || registers === 'inference'
              ? 'Model'
              : parents.length > 1
                ? `Parent ${k + 1}`
                : 'Parent'}
          </dt>
          <dd>
            <Link href={`/model/${parent}`} className="link mr-2">
              {proquint(parent)}
            </Link>
            <Hash value={parent} what="id" />
          </dd>
        </Fragment>
      ))}
      {result !== undefined && (
        <>
          <dt>Result</dt>
          <dd>{result}</dd>
        </>
      )}
      {measures && shard && <MeasureFacts measures={measures} head={head} kind={shard.kind} rows={shard.rows} />}
      {trainings && widths && head && <Trainings trainings={trainings} model={{ widths, head }} />}
      {kept !== undefined && (
        <>
          <dt>Models kept</dt>
          <dd>{kept === 1 ? 'the last one alone' : `${kept}, the last one included`}</dd>
        </>
      )}
      {shard && (
        <>
          <dt>Data</dt>
          <dd>
            {plural(trainings ? sumOf(trainings).rows : shard.rows, 'row')}, {plural(shard.inputs, 'input')},{' '}
            {shard.outputs} {OUTPUTS[shard.kind]}
            {shard.id && shard.id !== id && !isRun && (
              <>
                <br />
                <Hash value={shard.id} what="id of the shard" />
              </>
            )}
          </dd>
        </>
      )}
      <dt>For</dt>
      <dd>
        chain {chainId} <span className="text-soft">registry</span> <Hash value={registry} what="address" />
      </dd>
      {Object.entries(metadata).map(([key, value]) => (
        <Remark key={key} name={safeText(key, 40)} value={safeText(value)} />
      ))}
    </dl>
  );
}

/** How it was trained; of a run each segment, behind a line that sums them up. */
function Trainings({ trainings, model }: { trainings: readonly Training[]; model: ModelShape }) {
  return (
    <>
      <dt>Training</dt>
      <dd>
        {trainings.length === 1 ? (
          <Segment segment={trainings[0]} model={model} />
        ) : (
          <details>
            <summary className="link cursor-pointer">
              {plural(sumOf(trainings).steps, 'step')} in {trainings.length} segments
            </summary>
            <ol className="mt-1 grid gap-1.5">
              {trainings.map((segment, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: segments have an order and no name
                <li key={k}>
                  {k + 1}. <Segment segment={segment} model={model} />
                  <br />
                  <Hash value={segment.shard} what="id of the shard" />
                </li>
              ))}
            </ol>
          </details>
        )}
      </dd>
    </>
  );
}

function Segment({ segment, model }: { segment: Training; model: ModelShape }) {
  const { steps, batch, realRate, passes } = segment;
  const often = passes > 1 ? `, ${count(passes)} passes` : '';
  return `${plural(steps, 'step')} of ${plural(batch, 'row')} at rate ${realRate}${often}${targetsInWords(segment, model)}`;
}

/** Free text of the file; nothing vouches for it. */
function Remark({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="break-words">
        <bdi>{name}</bdi>
      </dt>
      <dd>
        <bdi className="break-words">{value}</bdi> <span className="text-soft">(says the file)</span>
      </dd>
    </>
  );
}
