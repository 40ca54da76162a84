import { ImageResponse } from 'next/og';
import { Mark } from '../../../../components/Mark.tsx';
import { marksOf } from '../../../../components/ResultMarks.tsx';
import { readModelView } from '../../../../lib/chain/queries.ts';
import type { Benchmark, Kind, Lineage, Model, Result } from '../../../../lib/chain/types.ts';
import { count, isHash, networkLabel, percent, plural, short } from '../../../../lib/format.ts';
import { benchmarkName, givenName } from '../../../../lib/names.ts';
import { proquint } from '../../../../lib/proquint.ts';

export const size = { width: 1200, height: 630 };
export const contentType = 'image/png';
export const alt = 'A model in the Descent register';

const KINDS: Record<Kind, string> = {
  seed: 'Drawn from a seed',
  import: 'Declared import',
  train: 'Trained, proven',
  merge: 'Merged, proven',
  foreign: 'Of a foreign program',
};

/** The picture's font has no more; for anything else it would be fetched from elsewhere. */
const NOT_IN_FONT = /[^\x20-\x7e\xa1-\xff]/gu;

interface Props {
  params: Promise<{ id: string }>;
}

/** The picture that a link to the model brings along. */
export default async function Image({ params }: Props) {
  const { id } = await params;
  const view = isHash(id) ? await readModelView(id.toLowerCase() as `0x${string}`) : undefined;
  if (!view || 'missing' in view) return new ImageResponse(<Frame />, size);
  const { model, lineage, result, choice, config } = view;
  const given = givenName(model)?.replace(NOT_IN_FONT, '?').slice(0, 36);
  return new ImageResponse(
    <Frame>
      <div style={{ display: 'flex', alignItems: 'center', gap: 56 }}>
        <div style={{ display: 'flex', color: '#c3ac84' }}>
          <Mark id={model.id} size={300} />
        </div>
        <div style={{ display: 'flex', flexDirection: 'column', flex: 1, minWidth: 0 }}>
          <div style={{ display: 'flex', fontSize: 30, color: '#1d54a8' }}>{KINDS[model.kind]}</div>
          <div style={{ display: 'flex', fontSize: 88, fontWeight: 700, letterSpacing: -2 }}>{proquint(model.id)}</div>
          {given && <div style={{ display: 'flex', fontSize: 44 }}>{`"${given}"`}</div>}
          <div style={{ display: 'flex', fontSize: 28, color: '#4c5b58' }}>{short(model.id, 14, 10)}</div>
          <div style={{ display: 'flex', fontSize: 34, marginTop: 34 }}>{lineageInWords(model, lineage)}</div>
          {result && choice.benchmark && (
            <div style={{ display: 'flex', fontSize: 26 }}>{resultInWords(result, choice.benchmark)}</div>
          )}
          {result &&
            marksOf(result).map((mark) => (
              <div key={mark} style={{ display: 'flex', fontSize: 26, color: '#7a4a00' }}>
                {`But ${mark}`}
              </div>
            ))}
          {config.devKeys && (
            <div style={{ display: 'flex', fontSize: 26, marginTop: 18, color: '#7a4a00' }}>
              Development keys: anyone can forge
            </div>
          )}
        </div>
      </div>
    </Frame>,
    size,
  );
}

/** Over all parents of every merge. */
function lineageInWords(model: Model, { sums }: Lineage): string {
  return `${shapeInWords(model)}, ${plural(sums.ancestors, 'ancestor')} by ${plural(sums.edges, 'edge')}`;
}

/** What a convolutional network is called does not fit: it is one long word. */
function shapeInWords(model: Model): string {
  const { network, widths, head } = model;
  if (network === undefined) return networkLabel(model);
  const layers = plural(widths.length - 1, 'layer');
  return `Network of ${layers} on pictures of ${network.split('-')[0]}${head === 'squared error' ? '' : `, ${head}`}`;
}

/** A result with the benchmark that it is of. */
function resultInWords({ right, error, rows }: Result, benchmark: Benchmark): string {
  const figure =
    right === undefined ? `Mean squared error ${(error ?? 0).toFixed(4)}` : `${percent(right / rows)} right`;
  const name = benchmarkName(benchmark).replace(/[“”]/g, '"').replace('…', '...').replace(NOT_IN_FONT, '?');
  return `${figure} of ${count(rows)} rows of ${name}`;
}

function Frame({ children }: { children?: React.ReactNode }) {
  return (
    <div
      style={{
        width: '100%',
        height: '100%',
        display: 'flex',
        flexDirection: 'column',
        justifyContent: 'space-between',
        padding: 64,
        background: '#f3f5f1',
        color: '#14201f',
      }}
    >
      <div style={{ display: 'flex', fontSize: 34, fontWeight: 700 }}>Descent</div>
      {children}
      <div style={{ display: 'flex', height: 10, width: 180, background: '#c2370f' }} />
    </div>
  );
}
