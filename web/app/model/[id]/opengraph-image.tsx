import { ImageResponse } from 'next/og';
import { Mark } from '../../../components/Mark.tsx';
import { readModelView } from '../../../lib/chain/queries.ts';
import { count, isHash, percent, short, widthsLabel } from '../../../lib/format.ts';
import { givenName } from '../../../lib/names.ts';
import { proquint } from '../../../lib/proquint.ts';

export const size = { width: 1200, height: 630 };
export const contentType = 'image/png';
export const alt = 'A model in the Descent register';

const KINDS = {
  seed: 'Drawn from a seed',
  root: 'Declared root',
  train: 'Trained, proven',
  merge: 'Merged, proven',
} as const;

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
  const { model, path, scores, config } = view;
  const [score] = scores;
  const given = givenName(model)?.replace(NOT_IN_FONT, '?').slice(0, 36);
  return new ImageResponse(
    <Frame>
      <div style={{ display: 'flex', alignItems: 'center', gap: 56 }}>
        <div style={{ display: 'flex', color: '#c3ac84' }}>
          <Mark id={model.id} size={300} />
        </div>
        <div style={{ display: 'flex', flexDirection: 'column' }}>
          <div style={{ display: 'flex', fontSize: 30, color: '#1d54a8' }}>{KINDS[model.kind]}</div>
          <div style={{ display: 'flex', fontSize: 88, fontWeight: 700, letterSpacing: -2 }}>{proquint(model.id)}</div>
          {given && <div style={{ display: 'flex', fontSize: 44 }}>{`"${given}"`}</div>}
          <div style={{ display: 'flex', fontSize: 28, color: '#4c5b58' }}>{short(model.id, 14, 10)}</div>
          <div style={{ display: 'flex', fontSize: 34, marginTop: 34 }}>
            {`${widthsLabel(model.widths)}, ${count(path.length - 1)} edges from its origin`}
          </div>
          {score?.right !== undefined && (
            <div
              style={{ display: 'flex', fontSize: 34 }}
            >{`${percent(score.right / score.rows)} right on ${count(score.rows)} rows`}</div>
          )}
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
