import { safeText } from '../../lib/hostile.ts';
import type { AnswerKind } from '../../lib/prover/messages.ts';
import { FileField } from './FileField.tsx';
import { Select } from './Select.tsx';
import type { useOwnTable } from './useOwnTable.ts';

const TABLES = '.csv,.tsv,.txt,.gz,.parquet,.npy,.npz,text/csv';
const ARRAYS = '.npy,.npz,.gz';

type Own = ReturnType<typeof useOwnTable>;

/** Which file is read, which column is predicted, and what that holds. */
export function OwnTableFields({ own, disabled }: { own: Own; disabled: boolean }) {
  const { table, answerFile } = own;
  return (
    <fieldset className="grid gap-3" disabled={disabled}>
      <legend className="sr-only">Your table</legend>
      <FileField
        name="File, which stays in this tab: CSV, Parquet, npy or npz"
        accept={TABLES}
        testId="csv"
        onFile={(file) => void own.choose(file)}
      />
      {table?.kind === 'npy' && <MemberSelect name="Array of the features" names={table.names} {...members(own)} />}
      {table?.kind === 'npy' && (
        <FileField
          name="File of the answers: npy or npz, one for each row"
          accept={ARRAYS}
          testId="answers"
          onFile={(file) => void own.chooseAnswers(file)}
        />
      )}
      {table?.kind === 'npy' && answerFile && (
        <MemberSelect name="Array of the answers" names={answerFile.names} value={own.label} onChange={own.setLabel} />
      )}
      {table && table.kind !== 'npy' && (
        <MemberSelect name="Column to predict" names={table.names} value={own.label} onChange={own.predict} />
      )}
      {table && (
        <Select name="What it holds" value={own.answers} onChange={(holds) => own.setAnswers(holds as AnswerKind)}>
          <option value="classes">Names of classes</option>
          <option value="numbers">Numbers to predict</option>
          <option value="labels">Yes or no: 1 or 0</option>
        </Select>
      )}
    </fieldset>
  );
}

const members = ({ member, setMember }: Own) => ({ value: member, onChange: setMember });

/** One of several names that a file gives; nothing where it gives none. */
function MemberSelect({
  name,
  names,
  value,
  onChange,
}: {
  name: string;
  names: string[];
  value: string;
  onChange(value: string): void;
}) {
  if (names.length === 0) return null;
  return (
    <Select name={name} value={value} onChange={onChange}>
      {names.map((one) => (
        <option key={one} value={one}>
          {safeText(one).slice(0, 60).toWellFormed()}
        </option>
      ))}
    </Select>
  );
}
