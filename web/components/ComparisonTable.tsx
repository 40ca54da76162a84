import type { ReactNode } from 'react';
import type { Comparison, Model, ModelView, Some } from '../lib/chain/types.ts';
import { count, moment, plural, shapeLabel, shapeText, short } from '../lib/format.ts';
import { HEAD_NAMES } from '../lib/heads.ts';
import { ModelLink, Person } from './Identity.tsx';
import { KindLabel } from './KindSymbol.tsx';
import { CountsCompared, measureLines } from './MeasureComparison.tsx';
import { marksOf, ResultMarks, resultFigure } from './ResultMarks.tsx';
import { Section } from './Section.tsx';

interface Line {
  name: string;
  show(view: ModelView): ReactNode;
  /** equal texts mean that the two do not differ */
  key(view: ModelView): string;
}

/** Two models, line by line; lines that differ are marked. */
export function ComparisonTable({ comparison }: { comparison: Comparison }) {
  const { a, b, common, onlyA, onlyB, config } = comparison;
  if (!a || !b) return null;
  const lines = linesOf(config.people, measureLines(comparison));
  return (
    <div className="mx-auto grid max-w-7xl gap-14 px-4 pt-12 sm:px-6">
      <Section title="Side by side">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
        <section className="overflow-x-auto" aria-label="Side by side" tabIndex={0}>
          <table className="w-full text-left sm:min-w-[36rem]">
            <thead>
              <tr className="border-b border-line align-top">
                <td className="w-22 sm:w-36" />
                {[a, b].map(({ model }) => (
                  <th key={model.id} scope="col" className="py-4 pr-4 font-normal">
                    <ModelLink model={model} mark={false} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {lines.map(({ name, show, key }) => {
                const differs = key(a) !== key(b);
                return (
                  <tr key={name} className="align-top">
                    <th scope="row" className="py-3 pr-2 font-normal text-soft max-sm:text-[0.8125rem] sm:pr-4">
                      {name}
                      {differs && (
                        <span className="ml-2 text-mark" title="They differ">
                          ≠<span className="sr-only"> differs</span>
                        </span>
                      )}
                    </th>
                    {[a, b].map((view, k) => (
                      <td
                        key={k === 0 ? 'a' : 'b'}
                        className={`py-3 pr-4 max-sm:pr-2 max-sm:text-[0.8125rem] ${differs ? 'font-medium' : ''}`}
                      >
                        {show(view)}
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      </Section>
      <CountsCompared comparison={comparison} />
      <div className="grid gap-14 lg:grid-cols-3">
        <Ancestors title="In both lineages" some={common} none="They share no ancestor." />
        <Ancestors title="Only the first’s" some={onlyA} none="Nothing." />
        <Ancestors title="Only the second’s" some={onlyB} none="Nothing." />
      </div>
    </div>
  );
}

function Ancestors({ title, some: { models, total }, none }: { title: string; some: Some; none: string }) {
  return (
    <Section title={title} aside={plural(total, 'model')}>
      <ul className="divide-y divide-line">
        {models.map((model) => (
          <li key={model.id} className="flex items-center justify-between gap-3 py-2.5">
            <ModelLink model={model} />
            <span className="text-[0.8125rem] whitespace-nowrap text-soft">depth {model.depth}</span>
          </li>
        ))}
      </ul>
      {total === 0 && <p className="py-4 text-soft">{none}</p>}
      {total > models.length && <p className="py-3 text-soft">and {count(total - models.length)} more</p>}
    </Section>
  );
}

/** A sum over the whole lineage, all parents of every merge included. */
function sumLine(name: string, sum: 'ancestors' | 'edges' | 'steps' | 'rowsUsed' | 'rows'): Line {
  return {
    name,
    show: ({ lineage: { sums } }) => count(sums[sum]),
    key: ({ lineage: { sums } }) => String(sums[sum]),
  };
}

/** Of the last segment, in units of 1 / 2048 for a wrong class. */
function smoothingInWords({ trainings }: Model): string {
  const smoothing = trainings?.at(-1)?.smoothing ?? 0;
  return smoothing === 0 ? 'none' : `${smoothing} / 2048`;
}

/** @param measures of the scores, which stand below them */
function linesOf(people: Record<string, string>, measures: readonly Line[]): Line[] {
  return [
    { name: 'Kind', show: ({ model }) => <KindLabel kind={model.kind} />, key: ({ model }) => model.kind },
    { name: 'Network', show: ({ model }) => shapeLabel(model), key: ({ model }) => shapeText(model) },
    { name: 'Head', show: ({ model }) => HEAD_NAMES[model.head], key: ({ model }) => model.head },
    {
      name: 'Trainer',
      show: ({ model }) => <Person address={model.trainer} people={people} />,
      key: ({ model }) => model.trainer,
    },
    sumLine('Ancestors', 'ancestors'),
    sumLine('Edges', 'edges'),
    sumLine('Steps in all', 'steps'),
    sumLine('Rows, each use', 'rowsUsed'),
    sumLine('Rows, each shard once', 'rows'),
    {
      name: 'Depth',
      show: ({ model }) => (
        <>
          {model.depth} <span className="text-soft">along first parents</span>
        </>
      ),
      key: ({ model }) => String(model.depth),
    },
    {
      name: 'Last data',
      show: ({ shard }) =>
        shard ? (
          <>
            {plural(shard.rows, 'row')} <span className="hash text-soft">{short(shard.id)}</span>
          </>
        ) : (
          'none'
        ),
      key: ({ shard }) => shard?.id ?? '',
    },
    {
      name: 'Last rate',
      show: ({ model }) => model.trainings?.at(-1)?.realRate ?? 'none',
      key: ({ model }) => String(model.trainings?.at(-1)?.realRate),
    },
    {
      name: 'Last smoothing',
      show: ({ model }) => smoothingInWords(model),
      key: ({ model }) => smoothingInWords(model),
    },
    {
      name: 'Origins',
      show: ({ lineage: { sums, declaredOrigins } }) =>
        declaredOrigins === 0
          ? plural(sums.origins, 'seed')
          : `${count(declaredOrigins)} declared, ${plural(sums.origins - declaredOrigins, 'seed')}`,
      key: ({ lineage: { sums, declaredOrigins } }) => `${sums.origins} ${declaredOrigins}`,
    },
    {
      name: 'Score',
      show: ({ result, choice }) =>
        result ? (
          <span className="grid justify-items-start gap-1">
            <span>
              {resultFigure(result)} <span className="text-soft">of {plural(result.rows, 'row')}</span>
            </span>
            <ResultMarks result={result} />
          </span>
        ) : choice.total === 0 ? (
          'none'
        ) : (
          <span className="text-soft">none on the chosen benchmark</span>
        ),
      key: ({ result }) => (result ? `${resultFigure(result)} ${marksOf(result).join()}` : ''),
    },
    ...measures,
    {
      name: 'Registered',
      show: ({ model }) => (model.timestamp ? moment(model.timestamp) : `block ${model.block}`),
      key: ({ model }) => model.id,
    },
  ];
}
