import Link from 'next/link';
import { BenchmarkSelect } from '../../components/BenchmarkSelect.tsx';
import { BoardTop } from '../../components/BoardTop.tsx';
import { EdgeList } from '../../components/EdgeList.tsx';
import { Figures } from '../../components/Figures.tsx';
import { Hero } from '../../components/Hero.tsx';
import { Section } from '../../components/Section.tsx';
import { readHome } from '../../lib/chain/queries.ts';

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function HomePage({ searchParams }: Props) {
  const { benchmark } = await searchParams;
  const home = await readHome(typeof benchmark === 'string' ? benchmark : undefined);
  if ('missing' in home) return null;
  const { config, totals, newest, line, board, choice } = home;
  return (
    <>
      <Hero line={line} />
      <div className="mx-auto max-w-7xl">
        <Figures totals={totals} />
      </div>
      <div className="mx-auto grid max-w-7xl gap-x-14 gap-y-14 px-4 pt-14 sm:px-6 lg:grid-cols-[minmax(0,1.75fr)_minmax(0,1fr)]">
        <Section
          title="Newest models"
          aside={
            <Link href="/tree" className="link">
              All in the tree
            </Link>
          }
        >
          <EdgeList models={newest} people={config.people} />
        </Section>
        <div className="grid content-start gap-14">
          <Section
            title="Leaderboard"
            aside={
              <Link href={`/leaderboard${board ? `?benchmark=${board.benchmark.id}` : ''}`} className="link">
                Full leaderboard
              </Link>
            }
          >
            {choice.total > 0 && (
              <div className="pt-4">
                <BenchmarkSelect choice={choice} path="/" />
              </div>
            )}
            <BoardTop board={board} choice={choice} />
          </Section>
          <Section title="What is proved, and what is not">
            <dl className="divide-y divide-line">
              {FACTS.map(([name, text]) => (
                <div key={name} className="py-3.5">
                  <dt className="font-semibold">{name}</dt>
                  <dd className="mt-0.5 text-soft">{text}</dd>
                </div>
              ))}
            </dl>
          </Section>
        </div>
      </div>
    </>
  );
}

const FACTS: [string, string][] = [
  [
    'Proved',
    'Which address registered a model, from which parents, on which committed rows, with which learning rate and how many steps.',
  ],
  [
    'Hidden',
    'The weights and the data. Only commitments are public, until somebody releases what is behind them. The weights of a seed are public at once. Two models released in a row show the sum of the gradients between them.',
  ],
  [
    'Not proved',
    'That the data is good, that no weights from elsewhere came in, that work went into it, or that the model does what people say of it.',
  ],
];
