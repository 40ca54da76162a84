import { parseShape } from '../../src/model/anyShape.ts';
import type { Head } from '../../src/model/head.ts';
import { modelLabel } from '../files/models.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { printable } from '../terminal/printable.ts';
import type { ImportOutcome } from './importRun.ts';

/** What an import did, for people. */
export function describeImport(outcome: ImportOutcome): string {
  const { shape, head, headFrom, source, tensors, leftOut, folded, dropped, assumed, unused, factors, onData } =
    outcome;
  const table = tensors.map(({ tensor, from, largest, max }) => [
    tensor,
    from ?? 'absent: 0',
    `largest ${largest.toPrecision(3)}`,
    `error at most ${max.toExponential(1)}`,
  ]);
  // Names of tensors and nodes are those of a stranger's file.
  const lines = [
    `Imported ${modelLabel(parseShape(shape, head))} from ${source}. That it comes from there is declared, not proved.`,
    alignColumns(table),
    ...(headFrom === null ? [] : [`head     ${head}, as ${headFrom} says`]),
    ...folded.map((what) => `folded   ${what}`),
    ...(dropped.length === 0 ? [] : [`dropped  ${counted(dropped)}: no row changes`]),
    ...(leftOut.length === 0 ? [] : [`left out ${leftOut.join(', ')} at the end: no decision between classes changes`]),
    ...(unused.length === 0 ? [] : [`not used ${unused.join(', ')}`]),
    ...assumed.map((what) => `assumed  ${what}`),
    ...(factors === null ? [] : [`scaled   layers by ${factors.join(', ')}${describeScale(head, factors)}`]),
    ...(onData === null ? [NOT_COMPARED] : describeData(onData)),
  ];
  return lines
    .flatMap((line) => line.split('\n'))
    .map(printable)
    .join('\n');
}

const NOT_COMPARED = 'compared with nothing: --data <shard> tells how many of its rows come out right';

function describeData({
  rows,
  max,
  same,
  right,
  mostFrequent,
  labels,
  r2,
}: NonNullable<ImportOutcome['onData']>): string[] {
  const answers = same === null ? '' : `, same answer on ${same}`;
  const alone = labels === null ? `; the most frequent class alone: ${mostFrequent}` : ', each with all of its labels';
  return [
    `on data  ${rows} ${rows === 1 ? 'row' : 'rows'}: outputs differ by at most ${max.toPrecision(3)}${answers}`,
    ...(right === null
      ? []
      : [`right    ${right.float} of ${rows} in floats, ${right.imported} of ${rows} imported${alone}`]),
    ...(labels === null
      ? []
      : [
          `labels   ${labels.float} of ${labels.all} in floats, ${labels.imported} of ${labels.all} imported; the more frequent value of each alone: ${labels.mostFrequent}`,
        ]),
    ...(r2 === null ? [] : [`R2       ${r2.float.toFixed(4)} in floats, ${r2.imported.toFixed(4)} imported`]),
  ];
}

/** Outputs of a head that are made smaller decide the same, with other probabilities. */
function describeScale(head: Head, factors: readonly number[]): string {
  if (head === 'squared error' || factors[factors.length - 1] === 1) return '';
  return ': probabilities are less certain than those of the file, decisions are the same';
}

/** Flatten, Dropout (2 times) */
function counted(names: readonly string[]): string {
  return [...new Set(names)]
    .map((name) => {
      const count = names.filter((one) => one === name).length;
      return count === 1 ? name : `${name} (${count} times)`;
    })
    .join(', ');
}
