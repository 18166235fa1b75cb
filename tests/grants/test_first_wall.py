"""The first wall alone: a service that connects past row-level security still shows each caller its own."""

from services.postgres import SUPERUSER
from tests.grants import test_budget_lines as budget_lines
from tests.grants import test_conflicts as conflicts
from tests.grants import test_documents as documents
from tests.grants import test_form_versions as forms
from tests.grants import test_programmes as programmes
from tests.grants import test_reviews as reviews
from tests.grants import test_rounds as rounds
from tests.grants.applying import Applying
from tests.support.database import Databases
from tests.support.grants import grants_over


def test_sections_and_what_is_announced(databases: Databases) -> None:
    with databases.fresh() as postgres, grants_over(postgres, SUPERUSER) as unwalled:
        programmes.test_officers_have_the_programmes_of_their_sections_alone(unwalled)
        programmes.test_nobody_else_at_clair_has_a_part_in_it_and_a_tool_by_itself_has_no_section(unwalled)
        rounds.test_what_is_announced_stays_and_is_told_to_all_who_may_apply(unwalled)
        budget_lines.test_of_another_section_there_is_no_line_and_no_tool_moves_money(unwalled)
        rounds.test_calls_are_public_without_a_key_as_json_and_as_a_table(unwalled)
        forms.test_a_round_is_announced_with_a_frozen_form_of_its_own_edition_or_with_none(unwalled)
        conflicts.test_the_officer_from_the_applicant_finds_nothing_of_it(unwalled)
        filing = documents.Filing(Applying(unwalled))
        documents.test_nothing_differs_before_the_instant_at_which_it_is_shown(filing)
        documents.test_a_void_number_stays_and_is_given_to_no_other(filing)
        reviews.test_scores_are_blind_until_the_own_is_sealed_and_stay(Applying(unwalled))
