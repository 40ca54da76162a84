import Link from 'next/link';

interface Place {
  href: string;
  name: string;
}

/** Where visitors begin, by what they want. */
const DOORS: { title: string; text: string; main: Place; more: Place[] }[] = [
  {
    title: 'I train models',
    text: 'Train a small model in this browser and register it, or send what the command line proved.',
    main: { href: '/prove', name: 'Train and prove' },
    more: [
      { href: '/submit', name: 'Submit a proved edge' },
      { href: '/bounties', name: 'Bounties' },
    ],
  },
  {
    title: 'I write contracts',
    text: 'Ask the registry from your own contract: who trained a model, from what, with which score.',
    main: { href: '/files/contracts.md', name: 'What the contracts offer' },
    more: [
      { href: '/files/abi.json', name: 'ABI' },
      { href: '/api', name: 'API' },
    ],
  },
  {
    title: 'I want to check a model',
    text: 'Check the proof of a model or of a file here: your browser does it, no server.',
    main: { href: '/verify', name: 'Verify' },
    more: [
      { href: '/search', name: 'Search' },
      { href: '/compare', name: 'Compare two' },
    ],
  },
];

export function Doors() {
  return (
    <nav aria-label="Where to start" className="mx-auto grid max-w-7xl gap-4 px-4 pt-10 sm:px-6 md:grid-cols-3">
      {DOORS.map(({ title, text, main, more }) => (
        <div key={title} className="sheet grid content-start gap-3 p-5">
          <h2 className="title text-xl">{title}</h2>
          <p className="text-soft">{text}</p>
          <p className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Way {...main} className="button" />
            {more.map((place) => (
              <Way key={place.href} {...place} className="link" />
            ))}
          </p>
        </div>
      ))}
    </nav>
  );
}

/** A page of this site, or a file, to which the router does not lead. */
function Way({ href, name, className }: Place & { className: string }) {
  if (href.startsWith('/files/') || href === '/api') {
    return (
      <a href={href} className={className}>
        {name}
      </a>
    );
  }
  return (
    <Link href={href} prefetch={false} className={className}>
      {name}
    </Link>
  );
}
