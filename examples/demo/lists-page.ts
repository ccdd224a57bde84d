/** The page: plain HTML with `na-*` attributes that say what is shown and which events are sent. */
export const listsPage: string = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Rian: a profile and a to-do list</title>
    <link rel="stylesheet" href="/lists.css">
    <script type="module" src="/nasc/client.js"></script>
  </head>
  <body na-connect>
    <header>
      <nav aria-label="Pages"><a href="/">Board</a> <a href="/lists" aria-current="page">To do</a></nav>
      <h1>Rian</h1>
      <p>Open this page in two windows: what you do in one appears in the other, and survives a restart of the server.</p>
    </header>
    <main>
      <section na-scope="currentUser" na-type="User" aria-labelledby="hello">
        <h2 id="hello">Hello, <span na-bind="name">Guest</span></h2>
        <p class="quiet">E-mail: <strong na-bind="email"></strong></p>
        <form na-submit="save_profile" na-bind>
          <label>Name <input name="name" autocomplete="name"></label>
          <p class="error" na-error="name" role="alert"></p>
          <label>E-mail <input name="email" type="email" autocomplete="email"></label>
          <p class="error" na-error="email" role="alert"></p>
          <button>Save profile</button>
        </form>
      </section>

      <section na-scope="my-list" na-type="TodoList" aria-labelledby="todos">
        <h2 id="todos">To do</h2>
        <form class="row" na-submit="add_todo">
          <input name="title" aria-label="What needs to be done?" placeholder="What needs to be done?" autocomplete="off">
          <button>Add</button>
        </form>
        <p class="error" na-error role="alert"></p>
        <ul na-bind="items">
          <template na-each="items" na-key="id" na-type="Todo">
            <li>
              <label>
                <input type="checkbox" na-click="toggle_todo" data-id="{{id}}" na-bind="completed">
                <span na-bind="title"></span>
              </label>
              <button class="plain" na-click="move_up" data-id="{{id}}" aria-label="Move up">↑</button>
              <button class="plain" na-click="move_down" data-id="{{id}}" aria-label="Move down">↓</button>
              <button class="plain" na-click="remove_todo" data-id="{{id}}" aria-label="Remove">✕</button>
            </li>
          </template>
        </ul>
      </section>
    </main>
  </body>
</html>
`;
