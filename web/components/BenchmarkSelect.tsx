'use client';

import { useRouter } from 'next/navigation';
import { useId } from 'react';
import type { BenchmarkChoice } from '../lib/chain/types.ts';
import { count, plural } from '../lib/format.ts';
import { benchmarkName } from '../lib/names.ts';

interface Props {
  choice: BenchmarkChoice;
  /** of the page that the choice reloads, without the choice */
  path: string;
  /** what else the link says */
  params?: Record<string, string>;
}

/** Chooses the benchmark whose results a page shows; the choice stands in the link. */
export function BenchmarkSelect({ choice, path, params = {} }: Props) {
  const router = useRouter();
  return (
    <BenchmarkField
      choice={choice}
      onChoose={(benchmark) =>
        router.push(`${path}?${new URLSearchParams({ ...params, benchmark })}`, { scroll: false })
      }
    />
  );
}

/** The same without a page of its own. @param onChoose gets an id or 'none' */
export function BenchmarkField({
  choice: { benchmark, benchmarks, total },
  onChoose,
}: {
  choice: BenchmarkChoice;
  onChoose(benchmark: string): void;
}) {
  const id = useId();
  return (
    <div className="grid min-w-0 gap-1 sm:max-w-md">
      <label htmlFor={id} className="text-[0.8125rem] text-soft">
        Benchmark
      </label>
      <select
        id={id}
        className="field w-full min-w-0 text-ellipsis"
        value={benchmark?.id ?? 'none'}
        onChange={(event) => onChoose(event.target.value)}
      >
        <option value="none">None: no scores</option>
        {benchmarks.map((one) => (
          <option key={one.id} value={one.id}>
            {benchmarkName(one)}, {plural(one.rows, 'row')}, {plural(one.results, 'result')}
          </option>
        ))}
      </select>
      {total > benchmarks.length && (
        <p className="text-[0.8125rem] text-soft">
          and {count(total - benchmarks.length)} more, which a link with ?benchmark= and their id shows
        </p>
      )}
    </div>
  );
}
