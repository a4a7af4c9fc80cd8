/** Whoever has proved too little to see anything makes a passkey first, and comes back here. */
import { useEffect } from 'react';
import { Outline } from './loaded.tsx';

export function ToAccount() {
  useEffect(() => {
    const back = new URLSearchParams({ return: location.pathname + location.search });
    location.replace(`/account?${back}`);
  }, []);
  return <Outline />;
}
