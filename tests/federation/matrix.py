"""What is proven across the border: for each act, each direction and each kind of peer, the test that proves it.

Out is ours acting and theirs seeing it. `[…]` names one run of a test with parameters.
"""

FEDIFY = "test_fedify.py"
ACTS = "test_fedify_acts.py"
TWO = "test_two_servers.py"
QUOTES = "test_quotes.py"

PEERS = ("fedify", "second")
DIRECTIONS = ("out", "in")

MATRIX: dict[str, dict[tuple[str, str], str]] = {
    "follow": {
        ("fedify", "out"): f"{FEDIFY}::test_our_follow_is_accepted_and_taken_back",
        ("fedify", "in"): f"{FEDIFY}::test_their_follow_is_accepted_and_taken_back",
        ("second", "out"): f"{TWO}::test_a_follow_is_told_and_taken_back[out]",
        ("second", "in"): f"{TWO}::test_a_follow_is_told_and_taken_back[in]",
    },
    "post": {
        ("fedify", "out"): f"{FEDIFY}::test_our_post_is_read_there_with_its_warning",
        ("fedify", "in"): f"{FEDIFY}::test_their_post_is_read_here_with_its_warning",
        ("second", "out"): f"{TWO}::test_a_post_crosses_the_border_and_its_deletion_too[out]",
        ("second", "in"): f"{TWO}::test_a_post_crosses_the_border_and_its_deletion_too[in]",
    },
    "reply": {
        ("fedify", "out"): f"{FEDIFY}::test_our_reply_joins_their_thread",
        ("fedify", "in"): f"{FEDIFY}::test_their_reply_joins_our_thread",
        ("second", "out"): f"{TWO}::test_a_reply_makes_one_thread_on_both_sides[out]",
        ("second", "in"): f"{TWO}::test_a_reply_makes_one_thread_on_both_sides[in]",
    },
    "like": {
        ("fedify", "out"): f"{FEDIFY}::test_our_like_is_counted_there_and_taken_back",
        ("fedify", "in"): f"{FEDIFY}::test_their_like_and_boost_are_told_counted_and_taken_back",
        ("second", "out"): f"{TWO}::test_favourites_and_boosts_are_told_counted_and_taken_back[out]",
        ("second", "in"): f"{TWO}::test_favourites_and_boosts_are_told_counted_and_taken_back[in]",
    },
    "boost": {
        ("fedify", "out"): f"{FEDIFY}::test_our_boost_is_counted_there_and_taken_back",
        ("fedify", "in"): f"{FEDIFY}::test_their_boost_of_a_stranger_is_seen_here_and_taken_back",
        ("second", "out"): f"{TWO}::test_favourites_and_boosts_are_told_counted_and_taken_back[out]",
        ("second", "in"): f"{TWO}::test_favourites_and_boosts_are_told_counted_and_taken_back[in]",
    },
    "edit": {
        ("fedify", "out"): f"{FEDIFY}::test_our_edit_and_our_deletion_are_followed_there",
        ("fedify", "in"): f"{FEDIFY}::test_their_edit_and_their_deletion_are_followed_here",
        ("second", "out"): f"{TWO}::test_an_edit_crosses_the_border_with_its_history[out]",
        ("second", "in"): f"{TWO}::test_an_edit_crosses_the_border_with_its_history[in]",
    },
    "delete": {
        ("fedify", "out"): f"{FEDIFY}::test_our_edit_and_our_deletion_are_followed_there",
        ("fedify", "in"): f"{FEDIFY}::test_their_edit_and_their_deletion_are_followed_here",
        ("second", "out"): f"{TWO}::test_a_post_crosses_the_border_and_its_deletion_too[out]",
        ("second", "in"): f"{TWO}::test_a_post_crosses_the_border_and_its_deletion_too[in]",
    },
    "poll vote": {
        ("fedify", "out"): f"{ACTS}::test_our_vote_on_their_poll_reaches_who_asks",
        ("fedify", "in"): f"{ACTS}::test_their_vote_on_our_poll_is_counted",
        ("second", "out"): f"{TWO}::test_a_poll_is_answered_across_the_border[out]",
        ("second", "in"): f"{TWO}::test_a_poll_is_answered_across_the_border[in]",
    },
    "quote": {
        ("fedify", "out"): f"{QUOTES}::test_our_quote_is_allowed_by_a_server_of_another_lineage",
        ("fedify", "in"): f"{QUOTES}::test_a_server_of_another_lineage_quotes_ours_until_we_say_no",
        ("second", "out"): f"{QUOTES}::test_a_quote_between_two_servers_is_allowed_told_and_taken_back[out]",
        ("second", "in"): f"{QUOTES}::test_a_quote_between_two_servers_is_allowed_told_and_taken_back[in]",
    },
    "block": {
        ("fedify", "out"): f"{ACTS}::test_our_block_is_told_there_and_taken_back",
        ("fedify", "in"): f"{ACTS}::test_their_block_parts_us_and_can_be_taken_back",
        ("second", "out"): f"{TWO}::test_a_block_parts_both_and_can_be_taken_back[out]",
        ("second", "in"): f"{TWO}::test_a_block_parts_both_and_can_be_taken_back[in]",
    },
    "move": {
        ("fedify", "out"): f"{ACTS}::test_our_move_is_told_to_followers_there",
        ("fedify", "in"): f"{ACTS}::test_their_move_takes_our_followers_along",
        ("second", "out"): f"{TWO}::test_who_follows_an_account_that_moves_follows_the_other[out]",
        ("second", "in"): f"{TWO}::test_who_follows_an_account_that_moves_follows_the_other[in]",
    },
    "emoji": {
        ("fedify", "out"): f"{ACTS}::test_our_emoji_is_read_there_and_answers_by_itself",
        ("fedify", "in"): f"{ACTS}::test_their_emoji_is_read_here",
        ("second", "out"): f"{TWO}::test_a_custom_emoji_comes_along[out]",
        ("second", "in"): f"{TWO}::test_a_custom_emoji_comes_along[in]",
    },
    "image": {
        ("fedify", "out"): f"{ACTS}::test_our_picture_is_read_there_with_its_description",
        ("fedify", "in"): f"{ACTS}::test_their_pictures_films_and_sounds_are_read_here",
        ("second", "out"): f"{TWO}::test_a_picture_comes_with_its_description[out]",
        ("second", "in"): f"{TWO}::test_a_picture_comes_with_its_description[in]",
    },
    "warning": {
        ("fedify", "out"): f"{FEDIFY}::test_our_post_is_read_there_with_its_warning",
        ("fedify", "in"): f"{FEDIFY}::test_their_post_is_read_here_with_its_warning",
        ("second", "out"): f"{TWO}::test_a_content_warning_and_a_hashtag_come_along[out]",
        ("second", "in"): f"{TWO}::test_a_content_warning_and_a_hashtag_come_along[in]",
    },
    "direct": {
        ("fedify", "out"): f"{FEDIFY}::test_our_visibility_is_understood_there[direct]",
        ("fedify", "in"): f"{FEDIFY}::test_their_visibility_is_understood_here[direct]",
        ("second", "out"): f"{TWO}::test_visibility_is_the_same_on_both_sides[out-direct]",
        ("second", "in"): f"{TWO}::test_visibility_is_the_same_on_both_sides[in-direct]",
    },
    "followers only": {
        ("fedify", "out"): f"{FEDIFY}::test_our_visibility_is_understood_there[private]",
        ("fedify", "in"): f"{FEDIFY}::test_their_visibility_is_understood_here[private]",
        ("second", "out"): f"{TWO}::test_visibility_is_the_same_on_both_sides[out-private]",
        ("second", "in"): f"{TWO}::test_visibility_is_the_same_on_both_sides[in-private]",
    },
}
