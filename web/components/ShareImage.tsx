import { ImageResponse } from 'next/og';
import type { ReactNode } from 'react';

export const SHARE_SIZE = { width: 1200, height: 630 };

/** The picture's font has no more; for anything else it would be fetched from elsewhere. */
const NOT_IN_FONT = /[^\x20-\x7e\xa1-\xff]/gu;

interface Props {
  /** beside the words */
  mark?: ReactNode;
  /** what it is */
  kind: string;
  title: string;
  /** whatever a stranger calls it */
  given?: string;
  /** below the title, small */
  id: string;
  lines: string[];
  /** what keeps the lines from being what they seem */
  warnings: string[];
}

/** The picture that a link brings along; of an unknown thing only the frame. */
export function shareImage(props?: Props): ImageResponse {
  return new ImageResponse(<Frame>{props && <Words {...props} />}</Frame>, SHARE_SIZE);
}

/** What a picture says where proofs can be forged. */
export function devKeysInWords({ devKeys }: { devKeys: boolean }): string[] {
  return devKeys ? ['Test keys: these proofs can be forged'] : [];
}

/** A text with what the picture's font has. */
function inFont(text: string): string {
  return text
    .replace(/[“”]/g, '"')
    .replaceAll('…', '...')
    .replaceAll('–', '-')
    .replaceAll('’', "'")
    .replace(NOT_IN_FONT, '?');
}

function Words({ mark, kind, title, given, id, lines, warnings }: Props) {
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 56 }}>
      {mark && <div style={{ display: 'flex', color: '#c3ac84' }}>{mark}</div>}
      <div style={{ display: 'flex', flexDirection: 'column', flex: 1, minWidth: 0 }}>
        <div style={{ display: 'flex', fontSize: 30, color: '#1d54a8' }}>{kind}</div>
        <div style={{ display: 'flex', fontSize: title.length > 14 ? 60 : 88, fontWeight: 700, letterSpacing: -2 }}>
          {inFont(title).slice(0, 40)}
        </div>
        {given && <div style={{ display: 'flex', fontSize: 44 }}>{`"${inFont(given).slice(0, 36)}"`}</div>}
        <div style={{ display: 'flex', fontSize: 28, marginBottom: 34, color: '#4c5b58' }}>{inFont(id)}</div>
        {lines.map((line, k) => (
          <div key={line} style={{ display: 'flex', fontSize: k === 0 ? 34 : 26 }}>
            {inFont(line)}
          </div>
        ))}
        {warnings.map((line) => (
          <div key={line} style={{ display: 'flex', fontSize: 26, color: '#7a4a00' }}>
            {inFont(line)}
          </div>
        ))}
      </div>
    </div>
  );
}

function Frame({ children }: { children?: ReactNode }) {
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
