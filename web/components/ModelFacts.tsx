import Link from 'next/link';
import type { ReactNode } from 'react';
import type { ModelView } from '../lib/chain/types.ts';
import { count, moment, permalink, plural, short } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';
import { givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { Copy } from './Copy.tsx';
import { Hash, ModelName } from './Identity.tsx';
import { StrangersText } from './StrangersText.tsx';
import { Widths } from './Widths.tsx';

interface Props {
  view: ModelView;
}

/** What the chain says of a model, as a list of facts. */
export function ModelFacts({ view }: Props) {
  const { widths, parameters } = view.model;
  return (
    <dl className="grid-facts pt-1">
      <Trainer view={view} />
      <Parents view={view} />
      <Fact name="Network">
        <Widths widths={widths} parameters={parameters} />
      </Fact>
      <Training view={view} />
      <Start view={view} />
      <Registration view={view} />
    </dl>
  );
}

function Trainer({ view: { model, config, trainerName } }: Props) {
  const { explorer, people } = config;
  const name = people[model.trainer.toLowerCase()];
  return (
    <Fact name="Trainer">
      {name && <span className="mr-2">{name}</span>}
      {trainerName && (
        <bdi className="mr-2 font-medium" data-testid="ens">
          {safeText(trainerName)}
        </bdi>
      )}
      <Hash value={model.trainer} what="address" {...(explorer && { href: `${explorer}/address/${model.trainer}` })} />
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
      <span className="hash text-soft">{short(parent.id)}</span>
      {parent.weight && <span className="ml-2 text-soft">weight {parent.weight}</span>}
    </Fact>
  ));
}

/** How it was trained and on which rows. */
function Training({ view: { model, shard, datasets, datasetTotal } }: Props) {
  const { training } = model;
  if (!training) return null;
  return (
    <>
      <Fact name="Training">
        {count(training.steps)} steps of {plural(training.batch, 'row')}, each row once, in order
        <br />
        <span className="text-soft">
          learning rate {training.realRate} on the mean gradient (integer {training.learningRate})
        </span>
      </Fact>
      <Fact name="Data">
        {count(training.rows)} committed rows
        {shard && `, ${shard.inputs} inputs, ${shard.outputs} ${shard.kind === 'classes' ? 'classes' : 'outputs'}`}
        <br />
        <Hash value={training.shard} what="id of the shard" />
        {datasets.map((dataset) => (
          <span key={dataset.id} className="block">
            <span className="text-soft">Listed as </span>
            <StrangersText text={dataset.uri} />
          </span>
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
        {(['x', 'y'] as const).map((axis) => (
          <span key={axis} className="flex items-start gap-2">
            <span className="text-soft">{axis}</span>
            <span className="hash min-w-0 pt-1 break-all">{model.commitment[axis]}</span>
            <Copy text={model.commitment[axis]} what={`coordinate ${axis}`} />
          </span>
        ))}
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
