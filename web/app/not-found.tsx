import Link from 'next/link';
import { LookedFor } from '../components/LookedFor.tsx';

export default function NotFound() {
  return (
    <div className="mx-auto grid max-w-xl gap-4 px-5 py-24">
      <p className="legend">404</p>
      <h1 className="title text-4xl">Page not found</h1>
      <LookedFor />
      <p className="text-soft">
        Nothing with this id is registered here, or the address is wrong. What was just submitted appears once its block
        is read.
      </p>
      <p>
        <Link href="/search" className="button">
          Search
        </Link>
      </p>
    </div>
  );
}
