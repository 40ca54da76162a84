import Link from 'next/link';
import type { ReactNode } from 'react';
import { parseNetwork } from '../../src/model/network.ts';
import type { Model, ModelView, Training as TrainingSegment } from '../lib/chain/types.ts';
import { count, moment, permalink, plural } from '../lib/format.ts';
import { HEAD_MEANINGS, HEAD_NAMES } from '../lib/heads.ts';
import { safeText } from '../lib/hostile.ts';
import { givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { OUTPUTS, sumOf, targetsInWords } from '../lib/training.ts';
import { Copy } from './Copy.tsx';
import { DatasetNotes } from './DatasetNotes.tsx';
import { Hash, IdLink, ModelName } from './Identity.tsx';
import { NetworkFigure } from './NetworkFigure.tsx';
import { SchemaFacts } from './SchemaFacts.tsx';
import { Widths } from './Widths.tsx';

interface Props {
  view: ModelView;
}

/** What the chain says of a model, as a list of facts. */
export function ModelFacts({ view }: Props) {
  const { widths, network, head, parameters } = view.model;
  return (
    <dl className="grid-facts pt-1">
      <Trainer view={view} />
      <Parents view={view} />
      <Foreign view={view} />
      <Fact name="Network">
        {network === undefined ? (
          <Widths widths={widths} parameters={parameters} />
        ) : (
          <NetworkFigure network={parseNetwork(network, head)} text={network} parameters={parameters} />
        )}
      </Fact>
      <Fact name="Head">
        {HEAD_NAMES[head]} <span className="text-soft">{HEAD_MEANINGS[head]}</span>
      </Fact>
      <Training view={view} />
      {view.schema && <SchemaFacts schema={view.schema} />}
      <Start view={view} />
      <Registration view={view} />
    </dl>
  );
}

function Trainer({ view: { model, config, trainerName } }: Props) {
  const { people } = config;
  const name = people[model.trainer.toLowerCase()];
  return (
    <Fact name="Trainer">
      {name && <span className="mr-2">{name}</span>}
      {trainerName && (
        <bdi className="mr-2 font-medium" data-testid="ens">
          {safeText(trainerName)}
        </bdi>
      )}
      <Hash value={model.trainer} what="address" href={`/trainer/${model.trainer}`} />
    </Fact>
  );
}

function Parents({ view: { model } }: Props) {
  return model.parents.map((parent, k) => (
    <Fact key={parent.id} name={model.parents.length > 1 ? `Parent ${k + 1}` : 'Parent'}>
      <Link href={`/model/${parent.id}`} className="link">
        <ModelName model={parent} />
      </Link>{' '}
      {givenName(parent) && <span className="text-soft">{proquint(parent.id)} </span>}
      <IdLink href={`/model/${parent.id}`} value={parent.id} />
      {parent.weight && <span className="ml-2 text-soft">weight {parent.weight}</span>}
    </Fact>
  ));
}

/** What vouches for a foreign model. */
function Foreign({ view: { model, config } }: Props) {
  const { foreign } = model;
  if (!foreign) return null;
  const { explorer } = config;
  return (
    <Fact name="Foreign program">
      {foreign.program}, as far as its adapter can be trusted
      <br />
      <Hash
        value={foreign.adapter}
        what="address of the adapter"
        {...(explorer && { href: `${explorer}/address/${foreign.adapter}` })}
      />
    </Fact>
  );
}

/** All segments of a training edge, in order. */
function Segments({ trainings, model }: { trainings: readonly TrainingSegment[]; model: Model }) {
  return (
    <details className="mt-1">
      <summary className="link cursor-pointer">All segments</summary>
      <ol className="mt-1 grid gap-1.5">
        {trainings.map((segment, k) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a shard may occur twice, and the order is the chain's
          <li key={k}>
            {k + 1}. {segmentInWords(segment)}; <span className="text-soft">{rateInWords(segment, model)}</span>
            <br />
            <Hash value={segment.shard} what="id of the shard" href={`/shard/${segment.shard}`} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function segmentInWords({ steps, batch, passes }: TrainingSegment): string {
  const often = passes === 1 ? 'once' : `${count(passes)} times`;
  return `${plural(steps, 'step')} of ${plural(batch, 'row')}, in order, ${often} through the shard`;
}

function rateInWords(segment: TrainingSegment, model: Model): string {
  const { realRate, learningRate } = segment;
  return `learning rate ${realRate} on the mean gradient (integer ${learningRate})${targetsInWords(segment, model)}`;
}

/** How it was trained and on which rows. */
function Training({ view: { model, shard, datasets, datasetTotal, config } }: Props) {
  const { trainings } = model;
  if (!trainings) return null;
  const { steps, rows } = sumOf(trainings);
  return (
    <>
      <Fact name="Training">
        {trainings.length === 1
          ? segmentInWords(trainings[0])
          : `${count(steps)} steps in ${trainings.length} segments`}
        {trainings.length === 1 && (
          <>
            <br />
            <span className="text-soft">{rateInWords(trainings[0], model)}</span>
          </>
        )}
      </Fact>
      <Fact name="Data">
        {count(rows)} committed rows
        {shard && `, ${shard.inputs} inputs, ${shard.outputs} ${OUTPUTS[shard.kind]}`}
        {trainings.length === 1 ? (
          <>
            <br />
            <Hash value={trainings[0].shard} what="id of the shard" href={`/shard/${trainings[0].shard}`} />
          </>
        ) : (
          <Segments trainings={trainings} model={model} />
        )}
        {datasets.map((dataset) => (
          <DatasetNotes key={dataset.id} dataset={dataset} people={config.people} />
        ))}
        {datasetTotal > datasets.length && (
          <span className="block text-soft">and in {count(datasetTotal - datasets.length)} more lists</span>
        )}
      </Fact>
    </>
  );
}

/** Where a model without parents comes from. */
function Start({ view: { model } }: Props) {
  const { seed, source } = model;
  return (
    <>
      {seed && (
        <Fact name="Seed">
          <Hash value={seed.seed} what="seed" />
          <span className="block text-soft">request {seed.requestId}, decided by a later block than the request</span>
        </Fact>
      )}
      {source?.sha256 && (
        <Fact name="Imported from">
          <Hash value={source.sha256} what="SHA-256 of the file" />{' '}
          <span className="text-soft">SHA-256 of the file</span>
        </Fact>
      )}
    </>
  );
}

function Registration({ view: { model, config } }: Props) {
  const { explorer, chainName, chainId } = config;
  const link = permalink(model.id, chainId);
  return (
    <>
      <dt>Commitment</dt>
      <dd className="grid gap-1">
        {model.commitment.map((point, k) =>
          (['x', 'y'] as const).map((axis) => (
            <span key={point.x + axis} className="flex items-start gap-2">
              <span className="text-soft">
                {axis}
                {model.commitment.length > 1 && <sub>{k + 1}</sub>}
              </span>
              <span className="hash min-w-0 pt-1 break-all">{point[axis]}</span>
              <Copy text={point[axis]} what={`coordinate ${axis}`} />
            </span>
          )),
        )}
      </dd>
      <Fact name="Registered">
        {model.timestamp ? moment(model.timestamp) : ''}{' '}
        <span className="text-soft">in block {count(model.block)}</span>
        <br />
        <Hash
          value={model.transaction}
          what="transaction"
          {...(explorer && { href: `${explorer}/tx/${model.transaction}` })}
        />
      </Fact>
      <Fact name="Chain">
        {chainName} <span className="text-soft">({chainId})</span>
        <span className="flex items-center gap-1">
          <a className="link" href={link}>
            Permanent link
          </a>
          <Copy text={link} what="permanent link" />
        </span>
      </Fact>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
