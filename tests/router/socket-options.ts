/** Of the session app, where its sockets are tested. */
export const socketOptions = {
  reauthorize: 100,
  about:
    "A note that takes longer to show whole than to say what has changed, as notes do that matter",
} as const;
