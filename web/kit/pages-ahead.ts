/** The code of all pages of an app, once the first one stands: going on then needs answers alone. */

export interface Pages {
  readonly routesById: object;
  loadRouteChunk(route: never): Promise<unknown> | undefined;
}

/** Waits until nothing else is to be done. What does not come is asked for again when its page is opened. */
export function loadPagesAhead(router: Pages): void {
  const idle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 1000));
  setTimeout(() => {
    idle(() => {
      for (const route of Object.values(router.routesById)) {
        void Promise.resolve(router.loadRouteChunk(route as never)).catch(() => undefined);
      }
    });
  }, 2000);
}
