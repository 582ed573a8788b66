"""Tests of google-genai's that pass at Google and are meant not to pass through the gateway: by id, why."""

OWN = "names that aren't the token's own are answered with 404, as if nobody had them; Google says 403 or asks later"
INSIDE = "the store isn't the token's own: 404; that the document's name can't be, Google might tell its owner alone"
NEWER = (
    "what is in a collection that we don't know is its maker's, too, and Google would show a key's own project: 404 in "
    "the format of its API; Google has no such collection, and answers with a page, `Not Found`"
)

DIFFERENCES = {
    "batches/test_create_with_inlined_requests.py::test_with_image_file": OWN,
    "batches/test_create_with_inlined_requests.py::test_with_video_file": OWN,
    "caches/test_delete.py::test_caches_delete_with_vertex_cache_name": OWN,
    "caches/test_get.py::test_caches_get_with_vertex_cache_name": OWN,
    "caches/test_update.py::test_caches_update_with_vertex_cache_name": OWN,
    "documents/test_get.py::test_get_invalid_name": INSIDE,
    "file_search_stores/test_get.py::test_get_not_found": OWN,
    "models/test_generate_content_cached_content.py::test_cached_content_partial_vertex_resource_name_1": OWN,
    "models/test_generate_content_cached_content.py::test_cached_content_partial_vertex_resource_name_2": OWN,
    "models/test_generate_content_tools.py::test_file_search_non_existent_file_search_store": OWN,
    "tunings/test_cancel.py::test_cancel_vertex": NEWER,
    "tunings/test_get.py::test_vertexai": NEWER,
    "tunings/test_get.py::test_vertexai_with_pretuned_model": NEWER,
}
