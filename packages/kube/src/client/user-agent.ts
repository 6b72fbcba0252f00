import { SUITE } from '@fairlead/base'

/** Who asks, in the API server's audit log. */
export const USER_AGENT: string = `fairlead/${SUITE.version}`
