import Link from 'next/link';
import type { ReactNode } from 'react';
import { parseNetwork } from '../../src/model/network.ts';
import { picturesInWords } from '../../src/registry/check.ts';
import type { Kind, Model, ModelView } from '../lib/chain/types.ts';
import { count, percent, plural } from '../lib/format.ts';
import { givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { wilson } from '../lib/wilson.ts';
import { Badges } from './Badges.tsx';
import { BenchmarkSelect } from './BenchmarkSelect.tsx';
import { CreditList, SplitTable } from './CreditList.tsx';
import { Hash, ModelLink, ModelName, Person } from './Identity.tsx';
import { KindLabel, KindSymbol } from './KindSymbol.tsx';
import { LineageGraph } from './LineageGraph.tsx';
import { Mark } from './Mark.tsx';
import { MeasureFacts } from './Measures.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { LineageAudit, RecordedOutputs } from './ModelProofs.tsx';
import { Notice } from './Notice.tsx';
import { Reproduce } from './Reproduce.tsx';
import { NoneChosen, ResultMarks, resultFigure, ScoresOf } from './ResultMarks.tsx';
import { Section } from './Section.tsx';
import { Standing } from './Standing.tsx';
import { StrangersText } from './StrangersText.tsx';

interface Props {
  view: ModelView;
  /** for its trainer, beside the other buttons */
  editor?: ReactNode;
  /** beside its credit */
  pay?: ReactNode;
  /** shown before everything else */
  warning?: string;
}

/** Everything the chain says about one model. */
export function ModelPage({ view, editor, pay, warning }: Props) {
  const { model, config, lineage, children, credits, split, payees = [], inferences, facts } = view;
  const benchmark = view.choice.benchmark && { benchmark: view.choice.benchmark };
  return (
    <>
      {warning && (
        <div className="mx-auto max-w-7xl px-4 pt-6 sm:px-6">
          <Notice tone="warn" words={{ title: warning }} />
        </div>
      )}
      <Standing {...view} people={config.people} />
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
          <Section title="How it was made">
            <ModelFacts view={view} />
          </Section>
          <Scores view={view} />
          {credits && (
            <Section title="Credit" aside={pay}>
              {split && <SplitTable split={split} payees={payees} people={config.people} />}
              <CreditList credits={credits} />
            </Section>
          )}
          {inferences && <RecordedOutputs inferences={inferences} people={config.people} />}
          {facts && <LineageAudit facts={facts} people={config.people} {...benchmark} />}
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
          <Section title="Reproduce and verify">
            <Reproduce view={view} />
          </Section>
        </div>
        <div className="grid min-w-0 content-start gap-14">
          <Section title="Lineage" aside={plural(lineage.sums.ancestors, 'ancestor')}>
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
function Scores({ view: { model, choice, result, measures } }: { view: ModelView }) {
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
          {result && measures && choice.benchmark && (
            <dl className="grid-facts" data-testid="measures">
              <MeasureFacts measures={measures} head={model.head} kind={choice.benchmark.kind} rows={result.rows} />
            </dl>
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

/** What the proof of a model shows. */
const SHOWN: Record<Kind, string> = {
  train: 'These weights are the parent’s weights after exactly this training on exactly the committed rows, in order.',
  merge: 'These weights are the stated weighted sum of the parents’ weights, rounded as stated.',
  seed: 'These weights follow from a block after the request and from a secret that the request was bound to. The secret is public since, and so are the weights: anyone can compute them.',
  import: 'All weights lie in the allowed range. Where they come from is declared, not proved.',
  foreign:
    'All weights lie in the allowed range. That they follow from the parents, an adapter to another proof system says; Descent does not check what it checks.',
};

const OF_A_CHILD = [
  'That no weights from elsewhere are in it: training on rows that somebody computed can bring them in, whatever the origin is.',
  'That work went into it: an edge can leave a model almost as it was, so depth and steps prove no effort.',
];

/** What it leaves open, besides what no proof shows. */
const NOT_SHOWN: Record<Kind, readonly string[]> = {
  train: [...OF_A_CHILD, 'That the rows are what their owner says, or good.'],
  merge: OF_A_CHILD,
  seed: [
    'That its trainer did not choose among seeds: others may have been asked for and left unused, and a trainer who builds blocks can try many.',
  ],
  import: [],
  foreign: ['That it follows from its parents: this is only as good as the adapter, and nobody here vouches for it.'],
};

function Meaning({ view: { model, config } }: { view: ModelView }) {
  const rest = [
    config.devKeys ? 'That nobody forged it: these are test keys, whose secret is public.' : '',
    model.declared && model.parents.length > 0 ? 'How its declared imports were made, and on which rows.' : '',
    model.isForeign && model.kind !== 'foreign'
      ? 'That each model above follows from its parents: for at least one a foreign program vouches.'
      : '',
    ...NOT_SHOWN[model.kind],
    model.kind === 'train' && model.network ? picturesInWords(parseNetwork(model.network, model.head)) : '',
    'That the model is good at anything: only a score shows that, for the rows of its benchmark.',
  ].filter(Boolean);
  return (
    <div className="grid gap-4 py-4">
      <p className="flex gap-3">
        <span className="pt-1.5">
          <KindSymbol kind={model.kind} />
        </span>
        {SHOWN[model.kind]}
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
