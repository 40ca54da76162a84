import { Fragment, type ReactNode } from 'react';
import { atMost, lossName } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import type { Comparison, ModelView } from '../lib/chain/types.ts';
import { capitalised, count, plural } from '../lib/format.ts';
import { ModelLink } from './Identity.tsx';
import { Counts } from './Measures.tsx';
import { Section } from './Section.tsx';

interface MeasureLine {
  name: string;
  show(view: ModelView): ReactNode;
  key(view: ModelView): string;
}

/** Lines of the measures that a score of either model states. */
export function measureLines({ a, b, choice: { benchmark } }: Comparison): MeasureLine[] {
  const known = [a?.measures, b?.measures].filter((one) => one !== undefined);
  if (!benchmark) return [];
  const places = [...new Set(known.flatMap(({ tops }) => tops.map(({ k }) => k)))].filter((k) => k > 1);
  const heads = ['softmax', 'sigmoid'] as const;
  const lines = [
    // Log-losses of two heads cannot be compared.
    ...heads.map((own) =>
      line(
        capitalised(lossName(own)),
        ({ measures, model: { head } }) => (head === own ? measures?.lossPerRow : undefined),
        (loss) => `at most ${atMost(loss)} a row`,
      ),
    ),
    line(
      'Absolute error',
      ({ measures }) => measures?.meanAbsoluteError,
      (error) => `${error.toPrecision(4)}, exact`,
    ),
    ...places
      .sort((m, n) => m - n)
      .map((k) =>
        line(
          benchmark.kind === 'labels' ? `Fewer than ${k} wrong` : `Top ${k}`,
          ({ measures }) => measures?.tops.find((top) => top.k === k)?.rows,
          (rows) => `at least ${count(rows)} of ${plural(benchmark.rows, 'row')}`,
        ),
      ),
  ];
  return lines.filter(({ key }) => [a, b].some((view) => view && key(view) !== ''));
}

/** @param value undefined where no score states it */
function line(name: string, value: (view: ModelView) => number | undefined, text: (value: number) => string) {
  const said = (view: ModelView) => {
    const known = value(view);
    return known === undefined ? undefined : text(known);
  };
  return {
    name,
    show: (view: ModelView) => said(view) ?? <NotStated />,
    key: (view: ModelView) => said(view) ?? '',
  };
}

/** What rows of each class are taken for, or how often each label is right: both models', side by side. */
export function CountsCompared({ comparison: { a, b, choice } }: { comparison: Comparison }) {
  const { benchmark } = choice;
  if (!a || !b || !benchmark || !(a.measures?.counts ?? b.measures?.counts)) return null;
  return (
    <Section title={COUNTED[benchmark.kind]}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-10 gap-y-3 pt-5 lg:grid-flow-col lg:grid-cols-[repeat(2,minmax(0,1fr))] lg:grid-rows-[auto_auto]">
        {[a, b].map(({ model, measures }, at) => (
          <Fragment key={model.id}>
            <h3 className={at === 1 ? 'max-lg:mt-6' : ''}>
              <ModelLink model={model} />
            </h3>
            {measures?.counts ? (
              <Counts
                counts={measures.counts}
                kind={benchmark.kind}
                rows={benchmark.rows}
                whose={at === 0 ? 'the first’s' : 'the second’s'}
              />
            ) : (
              <NotStated />
            )}
          </Fragment>
        ))}
      </div>
    </Section>
  );
}

const COUNTED: Record<ShardKind, string> = {
  classes: 'Confusion',
  labels: 'Each label',
  regression: '',
};

function NotStated() {
  return <span className="text-soft">not stated</span>;
}
