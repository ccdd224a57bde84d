/** The worker that workerd tests run beside; they use its bindings, not its answers. */
export default {
  fetch(): Response {
    return new Response("the tests run beside this worker");
  },
};
