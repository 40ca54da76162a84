import type { StatedSchema } from '../lib/chain/types.ts';
import { count, plural } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';
import { OUTPUTS } from '../lib/training.ts';
import { Hash } from './Identity.tsx';

/** Letters of a name that are shown. */
const LONGEST_NAME = 60;

/** What columns and outputs of a model are said to mean, and what made the columns, where they are embeddings. */
export function SchemaFacts({ schema: { hash, text } }: { schema: StatedSchema }) {
  return (
    <>
      <dt>Schema</dt>
      <dd data-testid="schema">
        {hash === 'none' && <span className="text-soft">not stated</span>}
        {hash === 'mixed' && <span className="text-soft">mixed: its parents have different ones</span>}
        {hash !== 'none' && hash !== 'mixed' && <Hash value={hash} what="hash of the schema" />}
        {text && (
          <span className="block">
            {text.picture && `${describePicture(text.picture)}: `}
            {plural(text.columnTotal, 'column')}
            <Names names={text.columns} total={text.columnTotal} /> to {count(text.outputTotal)} {OUTPUTS[text.kind]}
            <Names names={text.outputs} total={text.outputTotal} />
          </span>
        )}
        {hash !== 'none' && hash !== 'mixed' && (
          <span className="block text-soft">
            stated by whoever registered it, not proved{text ? '' : '; this server does not have its text'}
          </span>
        )}
      </dd>
      {text?.embedder && (
        <>
          <dt>Embedder</dt>
          <dd data-testid="embedder">
            <bdi className="break-words">{safeText(text.embedder.name)}</bdi>
            {text.embedder.sha256 === null ? (
              <span className="block text-soft">without a hash of its weights</span>
            ) : (
              <span className="block">
                <Hash value={text.embedder.sha256} what="SHA-256 of the embedder" />{' '}
                <span className="text-soft">SHA-256 of its weights</span>
              </span>
            )}
            <span className="block text-soft">declared, not proved: anybody can name any embedder</span>
          </dd>
        </>
      )}
    </>
  );
}

function describePicture({ side, channels }: NonNullable<NonNullable<StatedSchema['text']>['picture']>): string {
  return `Pictures of ${side} x ${side} pixels${channels === 1 ? '' : ` in ${channels} channels`}`;
}

/** Names in brackets, or nothing where there are none. */
function Names({ names, total }: { names: readonly string[]; total: number }) {
  if (names.length === 0) return null;
  return (
    <span className="text-soft">
      {' '}
      (
      {names.map((name, k) => (
        <span key={name}>
          {k > 0 && ', '}
          <bdi>{safeText(name, LONGEST_NAME)}</bdi>
        </span>
      ))}
      {total > names.length && ` and ${count(total - names.length)} more`})
    </span>
  );
}
