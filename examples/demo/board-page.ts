import { sourcePanel } from "./source-panel.ts";

/** The board, as it stands in the file: its comments say what each attribute does. */
export const boardSource: string = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Rian: a board</title>
    <link rel="stylesheet" href="/board.css">
    <!-- The client. It reads the na-… attributes below; the page has nothing else to say to it. -->
    <script type="module" src="/nasc/client.js"></script>
    <!-- What HTML cannot say: dragging a card, and keeping the focus on one that goes to another list. -->
    <script type="module" src="/board.js"></script>
  </head>
  <body na-connect>
    <!-- A scope shows one instance: the Board called "ours". All below is about it. -->
    <div class="page" na-scope="Board:ours">
      <header>
        <nav aria-label="Pages"><b>Rian</b> <a href="/" aria-current="page">Board</a> <a href="/lists">To do</a></nav>

        <!-- Who looks on: what the server's option "presence" says of each. -->
        <div class="people">
          <ul aria-label="Who is here">
            <template na-each="@viewers" na-key="mark">
              <li na-class="me: mark=../me.mark"><span na-bind="name"></span><small na-show="mark=../me.mark">you</small></li>
            </template>
          </ul>
          <!-- A plain form: it sets a cookie, by a route of the app's own. -->
          <details class="menu" name="menu">
            <summary>Your name</summary>
            <form class="line" method="post" action="/name">
              <label for="me">What others call you</label>
              <input id="me" name="name" dir="auto" maxlength="30" autocomplete="nickname" na-bind="me.name">
              <button>Save</button>
            </form>
          </details>
        </div>
      </header>

      <main>
        <div class="top">
          <details class="menu title" name="menu">
            <summary><h1 dir="auto" na-bind="title">Board</h1></summary>
            <!-- A form is an event. Until the server has answered, the guess is shown. -->
            <form class="line" na-submit="rename_board" na-optimistic="set title {title}">
              <label for="title">Name of the board</label>
              <!-- "na-bind" on a control shows the state in it, but never over what somebody is typing. -->
              <input id="title" name="title" dir="auto" autocomplete="off" na-bind="title">
              <button>Rename</button>
              <!-- Why it was refused, beside the field. -->
              <p class="error" na-error="title"></p>
            </form>
          </details>

          <!-- Each takes back their own latest change; the server says to each person which that is. -->
          <button class="undo" na-click="undo" na-attr="aria-disabled: !undo">Undo<span na-show="undo">: <span na-bind="undo"></span></span></button>
        </div>

        <!-- How it is going, in words. The same is in the scope's na-state, for the stylesheet. -->
        <p class="status" role="status">
          <span hidden na-show="@offline">Offline. What you do now is sent later.</span>
          <span hidden na-show="@live" class="live">Up to date.</span>
          <span hidden na-show="@pending" class="pending">Saving …</span>
          <span hidden na-show="@saved" class="saved">Saved.</span>
          <span dir="auto" na-bind="news" class="news"></span>
        </p>
        <p class="error" na-error></p>

        <ol class="lists" aria-label="Lists">
          <!-- A row for each list, found again by its key: what stays is moved, never made anew. -->
          <template na-each="lists" na-key="id">
            <li class="list" data-list="{{id}}">
              <details class="menu" name="menu">
                <summary><h2 dir="auto" na-bind="name"></h2> <span class="count" na-bind="cards.length"></span></summary>
                <form class="line" na-submit="rename_list" na-optimistic="set name {name}">
                  <input type="hidden" name="id" value="{{id}}">
                  <label for="name-{{id}}">Name of the list</label>
                  <input id="name-{{id}}" name="name" dir="auto" autocomplete="off" na-bind="name">
                  <button>Rename</button>
                  <p class="error" na-error="name"></p>
                </form>
                <div class="tools">
                  <!-- The data-… attributes of a button are what its event is about. -->
                  <button na-click="move_left" data-id="{{id}}" aria-label="Move {{name}} left" na-optimistic="move up" na-attr="aria-disabled: !@index"><span class="arrow">←</span></button>
                  <button na-click="move_right" data-id="{{id}}" aria-label="Move {{name}} right" na-optimistic="move down" na-attr="aria-disabled: id=../last"><span class="arrow">→</span></button>
                  <button class="remove" na-click="remove" data-id="{{id}}" na-optimistic="remove" na-confirm="Remove “{{name}}” with all its cards?">Remove list</button>
                </div>
              </details>

              <ol class="cards" aria-label="Cards in {{name}}">
                <!-- Lists may be in lists. In a row, paths are the item's own; ../ looks out of it. -->
                <template na-each="cards" na-key="id">
                  <li class="card" na-class="done: done" data-card="{{id}}" draggable="true">
                    <button class="tick" na-click="toggle_card" data-id="{{id}}" aria-label="Done: {{text}}" na-optimistic="toggle done" na-attr="aria-pressed: done"></button>
                    <details class="menu" name="menu">
                      <!-- Other DOM events than click and submit, with the keys that they are for. -->
                      <summary data-id="{{id}}" na-on="keydown.Shift.ArrowUp: move_up; keydown.Shift.ArrowDown: move_down; keydown.Shift.ArrowLeft: move_left; keydown.Shift.ArrowRight: move_right"><span dir="auto" na-bind="text"></span></summary>
                      <form class="line" na-submit="rename_card" na-optimistic="set text {text}">
                        <input type="hidden" name="id" value="{{id}}">
                        <label for="text-{{id}}">What the card says</label>
                        <input id="text-{{id}}" name="text" dir="auto" autocomplete="off" na-bind="text">
                        <button>Save</button>
                        <p class="error" na-error="text"></p>
                      </form>
                      <div class="tools">
                        <button na-click="move_left" data-id="{{id}}" aria-label="Move {{text}} left" na-attr="aria-disabled: ../id=../../first"><span class="arrow">←</span></button>
                        <button na-click="move_up" data-id="{{id}}" aria-label="Move {{text}} up" na-optimistic="move up" na-attr="aria-disabled: !@index"><span>↑</span></button>
                        <button na-click="move_down" data-id="{{id}}" aria-label="Move {{text}} down" na-optimistic="move down" na-attr="aria-disabled: id=../last"><span>↓</span></button>
                        <button na-click="move_right" data-id="{{id}}" aria-label="Move {{text}} right" na-attr="aria-disabled: ../id=../../last"><span class="arrow">→</span></button>
                        <button class="remove" na-click="remove" data-id="{{id}}" na-optimistic="remove">Remove</button>
                      </div>
                    </details>
                  </li>
                </template>
              </ol>
              <p class="empty" na-show="!cards">No cards yet.</p>

              <!-- The row that is guessed stays the same one, since the server's card has the event's id, too. -->
              <form class="line add" na-submit="add_card" na-optimistic="append cards">
                <input type="hidden" name="list" value="{{id}}">
                <label for="add-{{id}}">New card in <span na-bind="name"></span></label>
                <input id="add-{{id}}" name="text" dir="auto" placeholder="Add a card" autocomplete="off">
                <button aria-label="Add the card to {{name}}">Add</button>
                <p class="error" na-error="text"></p>
              </form>
            </li>
          </template>

          <li class="list new">
            <!-- Markup that is there only while something holds. -->
            <template na-if="!lists">
              <p class="empty"><b>Nothing here yet.</b> Give the first list a name, such as Ideas.</p>
            </template>
            <form class="line add" na-submit="add_list" na-optimistic="append lists">
              <label for="new-list">New list</label>
              <input id="new-list" name="name" dir="auto" placeholder="Add a list" autocomplete="off">
              <button aria-label="Add the list">Add</button>
              <p class="error" na-error="name"></p>
            </form>
          </li>
        </ol>
        <!-- What dragging a card fills in. -->
        <form id="place" hidden na-submit="place_card">
          <input type="hidden" name="id"><input type="hidden" name="list"><input type="hidden" name="before">
        </form>
        <p class="hint" hidden na-show="@live">Focus a card and press <kbd>Shift</kbd> with an arrow key to move it, or <kbd>Enter</kbd> for all that it can do.</p>
      </main>
    </div>
<!-- the sources -->
  </body>
</html>
`;

/** Returns the page: the board, and beside it what makes it and what it runs on. */
export function boardPage(runsOn: string | undefined): string {
  const end = "  </body>";
  return boardSource.replace(end, () => `${sourcePanel(boardSource, runsOn)}${end}`);
}
