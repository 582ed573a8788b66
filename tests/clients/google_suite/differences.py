"""Tests of google-genai's that pass at Google and are meant not to pass through the gateway: by id, why."""

OWN = "names that aren't the token's own are answered with 404, as if nobody had them; Google says 403 or asks later"
NAME = "a name that nobody can have is as unknown as others: 404; Google says 400"
METHOD = "a method that a path doesn't take is answered with 405 and the one it takes; Google says 404"
NOWHERE = "what is not at a path of the Gemini API is told in its error format; Google answers with a page, `Not Found`"

DIFFERENCES = {
    "batches/test_create_with_inlined_requests.py::test_with_image_file": OWN,
    "batches/test_create_with_inlined_requests.py::test_with_video_file": OWN,
    "caches/test_delete.py::test_caches_delete_with_vertex_cache_name": OWN,
    "caches/test_get.py::test_caches_get_with_vertex_cache_name": OWN,
    "caches/test_update.py::test_caches_update_with_vertex_cache_name": OWN,
    "documents/test_get.py::test_get_invalid_name": NAME,
    "documents/test_get.py::test_get_not_a_document_name": NOWHERE,
    "file_search_stores/test_get.py::test_get_invalid_name": NAME,
    "file_search_stores/test_get.py::test_get_not_a_file_search_store_name": NOWHERE,
    "file_search_stores/test_get.py::test_get_not_found": OWN,
    "models/test_delete.py::test_async_delete_model": METHOD,
    "models/test_delete.py::test_delete_model": METHOD,
    "models/test_generate_content_cached_content.py::test_cached_content_partial_vertex_resource_name_1": OWN,
    "models/test_generate_content_cached_content.py::test_cached_content_partial_vertex_resource_name_2": OWN,
    "models/test_generate_content_tools.py::test_file_search_non_existent_file_search_store": OWN,
    "models/test_update.py::test_async_update_model": METHOD,
    "models/test_update.py::test_vertex_tuned_models_update": METHOD,
    "models/test_update.py::test_vertex_tuned_models_update_with_http_options_in_method": METHOD,
    "tunings/test_cancel.py::test_cancel_vertex": NOWHERE,
    "tunings/test_get.py::test_vertexai": NOWHERE,
    "tunings/test_get.py::test_vertexai_with_pretuned_model": NOWHERE,
}
