import type { Metadata } from 'next';
import { NamedLink } from '../../../components/Identity.tsx';
import { PageHead, Section } from '../../../components/Section.tsx';
import { readSearch } from '../../../lib/chain/queries.ts';
import { count } from '../../../lib/format.ts';
import { type FoundOption, optionsOf } from '../../../lib/foundOptions.ts';

export const metadata: Metadata = { title: 'Search' };

const LONGEST = 80;
/** Of each kind. */
const MOST = 100;

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const { q } = await searchParams;
  const text = typeof q === 'string' ? q.trim().slice(0, LONGEST) : '';
  const found = await readSearch(text, MOST);
  if ('missing' in found) return null;
  const options = optionsOf(found);
  const totals: [FoundOption['kind'], string, number][] = [
    ['Model', 'Models', found.models.total],
    ['Trainer', 'Trainers', found.trainers.total],
    ['Dataset', 'Datasets', found.datasets.total],
    ['Benchmark', 'Benchmarks', found.benchmarks.total],
    ['Shard', 'Shards', found.shards.total],
  ];
  return (
    <>
      <PageHead title="Search">
        Names, words of ids, trainers, networks, texts of datasets and benchmarks that have all parts of the text
        somewhere, and ids and addresses that begin with it. The newest come first.
      </PageHead>
      <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-12 px-4 sm:px-6">
        <form action="/search" className="flex max-w-2xl gap-3">
          <input
            type="search"
            name="q"
            aria-label="Text"
            className="field"
            defaultValue={text}
            key={text}
            maxLength={LONGEST}
          />
          <button type="submit" className="button button-main">
            Search
          </button>
        </form>
        {text !== '' && options.length === 0 && <p>Nothing found for “{text}”.</p>}
        {totals
          .filter(([, , total]) => total > 0)
          .map(([kind, title, total]) => (
            <Section key={kind} title={title} aside={count(total)}>
              <ul className="divide-y divide-line">
                {options
                  .filter((option) => option.kind === kind)
                  .map(({ href, name, detail }) => (
                    <li key={href} className="flex flex-wrap items-baseline justify-between gap-x-6 py-2.5">
                      <NamedLink href={href} name={name} />
                      <span className="hash text-soft">{detail}</span>
                    </li>
                  ))}
                {total > MOST && <li className="py-2.5 text-soft">and {count(total - MOST)} more</li>}
              </ul>
            </Section>
          ))}
      </div>
    </>
  );
}
