/**
 * References to images, and what a registry says about them.
 *
 * 1. `reference.ts`: the grammar of references. Pure.
 * 2. `registry.ts`: what is asked of a registry, and the three answers. The adapter that speaks HTTP is a door of its own, `./registry`.
 */
export * from './reference.ts'
export * from './registry.ts'
