import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Model, ModelView } from '../lib/chain/types.ts';
import { count, moment, percent, permalink, plural, short } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';
import { givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { wilson } from '../lib/wilson.ts';
import { Badges } from './Badges.tsx';
import { BenchmarkSelect } from './BenchmarkSelect.tsx';
import { Copy } from './Copy.tsx';
import { CreditList } from './CreditList.tsx';
import { Hash, ModelLink, ModelName, Person } from './Identity.tsx';
import { KindLabel, KindSymbol } from './KindSymbol.tsx';
import { LineageGraph } from './LineageGraph.tsx';
import { Mark } from './Mark.tsx';
import { Reproduce } from './Reproduce.tsx';
import { NoneChosen, ResultMarks, resultFigure, ScoresOf } from './ResultMarks.tsx';
import { Section } from './Section.tsx';
import { StrangersText } from './StrangersText.tsx';
import { Widths } from './Widths.tsx';
import { WordsBox } from './Words.tsx';

/**
 * Everything the chain says about one model.
 * @param editor for its trainer, beside the other buttons
 * @param warning shown before everything else
 */
export function ModelPage({ view, editor, warning }: { view: ModelView; editor?: ReactNode; warning?: string }) {
  const { model, config, lineage, children, credits } = view;
  return (
    <>
      {warning && (
        <div className="mx-auto max-w-7xl px-4 pt-6 sm:px-6">
          <WordsBox tone="warn" words={{ title: warning }} />
        </div>
      )}
      <div className="border-b border-line">
        <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-6 px-4 pt-10 pb-9 sm:px-6 md:grid-cols-[auto_minmax(0,1fr)] md:items-center md:pt-14">
          <Mark id={model.id} size={132} className="text-contour max-md:size-24" />
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-3 gap-y-2">
              <KindLabel kind={model.kind} />
              <Badges model={model} devKeys={config.devKeys} />
            </p>
            <h1 className="title mt-2 text-[clamp(2.25rem,5.5vw,3.75rem)]">{proquint(model.id)}</h1>
            <Card model={model} />
            <p className="mt-2 text-soft">
              <Hash value={model.id} what="id" />
            </p>
            <div className="mt-5 flex flex-wrap gap-3">
              <Link href={`/model/${model.id}/tree`} className="button">
                Show in the tree
              </Link>
              <Link href={`/verify?node=${model.id}`} className="button">
                Verify in this browser
              </Link>
              <Link href={`/compare?a=${model.id}`} className="button">
                Compare
              </Link>
              {editor}
            </div>
          </div>
        </div>
      </div>
      <div className="mx-auto grid max-w-7xl gap-14 px-4 pt-12 sm:px-6 lg:grid-cols-[minmax(0,1.6fr)_minmax(0,1fr)]">
        <div className="grid min-w-0 content-start gap-14">
          <Section title="The edge that made it">
            <EdgeFacts view={view} />
          </Section>
          <Scores view={view} />
          {credits && (
            <Section title="Credit">
              <CreditList credits={credits} />
            </Section>
          )}
          <Section title="Children" aside={plural(model.children, 'child', 'children')}>
            {children.length === 0 && <p className="py-4 text-soft">No registered model names it as a parent.</p>}
            <ul className="grid grid-cols-[minmax(0,1fr)] gap-x-8 sm:grid-cols-[repeat(2,minmax(0,1fr))]">
              {children.map((child) => (
                <li key={child.id} className="flex items-center justify-between gap-3 border-b border-line py-3">
                  <ModelLink model={child} />
                  <Person address={child.trainer} people={config.people} />
                </li>
              ))}
            </ul>
          </Section>
          <Section title="Make it again, check it">
            <Reproduce view={view} />
          </Section>
        </div>
        <div className="grid min-w-0 content-start gap-14">
          <Section title="What it descends from" aside={plural(lineage.sums.ancestors, 'ancestor')}>
            <LineageGraph lineage={lineage} id={model.id} />
          </Section>
          <Section title="What the proof shows">
            <Meaning view={view} />
          </Section>
        </div>
      </div>
    </>
  );
}

/** Its result on one benchmark, which is named. */
function Scores({ view: { model, choice, result } }: { view: ModelView }) {
  const query = choice.benchmark ? `?benchmark=${choice.benchmark.id}` : '';
  return (
    <Section
      title="Score"
      aside={
        choice.total > 0 && (
          <Link href={`/leaderboard${query}`} className="link">
            Leaderboard
          </Link>
        )
      }
    >
      {choice.total === 0 && <p className="py-4 text-soft">It has no result on any benchmark.</p>}
      {choice.total > 0 && (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 pt-4">
          <BenchmarkSelect choice={choice} path={`/model/${model.id}`} />
          <NoneChosen choice={choice} />
          {result && (
            <div className="grid justify-items-start gap-1.5 pb-3" data-testid="score">
              <p className="flex flex-wrap items-baseline gap-x-5 gap-y-1">
                <span className="figure text-2xl">{resultFigure(result)}</span>
                <span className="text-soft">
                  {result.right === undefined
                    ? 'mean squared error'
                    : `at least ${count(result.right)} of ${plural(result.rows, 'row')} right, 95 % interval ${interval(result.right, result.rows)}`}
                  , on <ScoresOf choice={choice} />
                </span>
              </p>
              <ResultMarks result={result} />
            </div>
          )}
        </div>
      )}
    </Section>
  );
}

/** What its trainer says of it, in quotation marks: nothing vouches for it. */
function Card({ model }: { model: Model }) {
  const given = givenName(model);
  if (!given && !model.uri) return null;
  return (
    <p className="mt-2 flex flex-wrap items-baseline gap-x-4 gap-y-1" data-testid="card">
      {given && (
        <span className="min-w-0 text-xl font-medium">
          <ModelName model={model} />
        </span>
      )}
      {model.uri && <StrangersText text={model.uri} />}
      <span className="text-[0.8125rem] text-soft">says its trainer</span>
    </p>
  );
}

function EdgeFacts({ view: { model, config, shard, datasets, datasetTotal, trainerName } }: { view: ModelView }) {
  const { training, seed, source } = model;
  const explorer = config.explorer;
  return (
    <dl className="grid-facts pt-1">
      <dt>Trainer</dt>
      <dd>
        {config.people[model.trainer.toLowerCase()] && (
          <span className="mr-2">{config.people[model.trainer.toLowerCase()]}</span>
        )}
        {trainerName && (
          <bdi className="mr-2 font-medium" data-testid="ens">
            {safeText(trainerName)}
          </bdi>
        )}
        <Hash
          value={model.trainer}
          what="address"
          {...(explorer && { href: `${explorer}/address/${model.trainer}` })}
        />
      </dd>
      {model.parents.map((parent, k) => (
        <Fact key={parent.id} name={model.parents.length > 1 ? `Parent ${k + 1}` : 'Parent'}>
          <Link href={`/model/${parent.id}`} className="link">
            <ModelName model={parent} />
          </Link>{' '}
          {givenName(parent) && <span className="text-soft">{proquint(parent.id)} </span>}
          <span className="hash text-soft">{short(parent.id)}</span>
          {parent.weight && <span className="ml-2 text-soft">weight {parent.weight}</span>}
        </Fact>
      ))}
      <dt>Network</dt>
      <dd>
        <Widths widths={model.widths} parameters={model.parameters} />
      </dd>
      {training && (
        <>
          <dt>Training</dt>
          <dd>
            {count(training.steps)} steps of {plural(training.batch, 'row')}, each row once, in order
            <br />
            <span className="text-soft">
              learning rate {training.realRate} on the mean gradient (integer {training.learningRate})
            </span>
          </dd>
          <dt>Data</dt>
          <dd>
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
          </dd>
        </>
      )}
      {seed && (
        <>
          <dt>Seed</dt>
          <dd>
            <Hash value={seed.seed} what="seed" />
            <span className="block text-soft">request {seed.requestId}, decided by a later block than the request</span>
          </dd>
        </>
      )}
      {source?.sha256 && (
        <>
          <dt>Imported from</dt>
          <dd>
            <Hash value={source.sha256} what="SHA-256 of the file" />{' '}
            <span className="text-soft">SHA-256 of the file</span>
          </dd>
        </>
      )}
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
      <dt>Registered</dt>
      <dd>
        {model.timestamp ? moment(model.timestamp) : ''}{' '}
        <span className="text-soft">in block {count(model.block)}</span>
        <br />
        <Hash
          value={model.transaction}
          what="transaction"
          {...(explorer && { href: `${explorer}/tx/${model.transaction}` })}
        />
      </dd>
      <dt>Chain</dt>
      <dd>
        {config.chainName} <span className="text-soft">({config.chainId})</span>
        <span className="flex items-center gap-1">
          <a className="link" href={permalink(model.id, config.chainId)}>
            Permanent link
          </a>
          <Copy text={permalink(model.id, config.chainId)} what="permanent link" />
        </span>
      </dd>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Meaning({ view: { model, config } }: { view: ModelView }) {
  const shown: Record<typeof model.kind, string> = {
    train:
      'These weights are the parent’s weights after exactly this training on exactly the committed rows, every row once.',
    merge: 'These weights are the stated weighted sum of the parents’ weights, rounded as stated.',
    seed: 'These weights follow from a seed that a block after the request decided. They are public: anyone can compute them.',
    root: 'All weights lie in the allowed range. Where they come from is declared, not proved.',
  };
  const rest = [
    config.devKeys ? 'Anything to a stranger: the keys are development keys, whose secret is public.' : '',
    model.kind === 'seed' ? 'That nobody chose among seeds: whoever builds blocks can try many of them.' : '',
    model.declared && model.kind !== 'root' ? 'How its declared roots were made, and on which rows.' : '',
    model.kind === 'train' || model.kind === 'merge'
      ? 'That no weights from elsewhere are in it: training on rows that somebody computed can bring them in, whatever the origin is.'
      : '',
    model.kind === 'train' || model.kind === 'merge'
      ? 'That work went into it: an edge can leave a model almost as it was, so depth and steps prove no effort.'
      : '',
    model.kind === 'train' ? 'That the rows are what their owner says, or good.' : '',
    'That the model is good at anything: only a score shows that, for the rows of its benchmark.',
  ].filter(Boolean);
  return (
    <div className="grid gap-4 py-4">
      <p className="flex gap-3">
        <span className="pt-1.5">
          <KindSymbol kind={model.kind} />
        </span>
        {shown[model.kind]}
      </p>
      <div>
        <p className="font-semibold">It does not show</p>
        <ul className="mt-1 list-disc pl-5 text-soft marker:text-rule">
          {rest.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function interval(right: number, rows: number): string {
  const { low, high } = wilson(right, rows);
  return `${percent(low)} to ${percent(high)}`;
}
