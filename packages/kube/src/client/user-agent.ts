/** Who asks, in the API server's audit log. */
export const USER_AGENT = 'fairlead/0.1.0'
