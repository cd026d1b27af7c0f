"""pySHACL: a node for each region's day, and a shape whose constraints are the rules.

Pairs of properties compare with ``sh:lessThanOrEquals``; a sum and an earlier day need SPARQL.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyshacl
from rdflib import RDF, SH, Graph, Literal, Namespace

import told

NS = Namespace("https://example.org/")
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://example.org/> .
: sh:declare [ sh:prefix "" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .
:Shape a sh:NodeShape ; sh:targetClass :Day ;
  sh:property :deaths-within-cases , :verified-within-announced , :low-within-high ;
  sh:sparql :ages-make-whole , :cases-never-fall .
:deaths-within-cases sh:path :deaths ; sh:lessThanOrEquals :cases .
:verified-within-announced sh:path :verified ; sh:lessThanOrEquals :announced .
:low-within-high sh:path :low ; sh:lessThanOrEquals :high .
:ages-make-whole sh:prefixes : ; sh:select '''
  SELECT $this ?value WHERE {
    $this :young ?a ; :middle ?b ; :old ?c ; :admitted ?value . FILTER (?a + ?b + ?c != ?value)
  }''' .
:cases-never-fall sh:prefixes : ; sh:select '''
  SELECT $this ?value WHERE {
    $this :region ?region ; :number ?day ; :cases ?cases .
    ?value :region ?region ; :number ?later ; :cases ?fewer . FILTER (?day < ?later && ?fewer < ?cases)
  }''' .
"""


def graph(directory: Path) -> Graph:
    """The facts as RDF."""
    made = Graph()
    for region, day, figures in told.days(directory):
        node = NS[f"{region}/{day}"]
        made.add((node, RDF.type, NS.Day))
        made.add((node, NS.region, NS[region]))
        made.add((node, NS.number, Literal(day.toordinal())))
        for name, value in figures.items():
            made.add((node, NS[name], Literal(value)))
    return made


def count(directory: Path) -> Counter[str]:
    """How many results each constraint has."""
    shapes = Graph().parse(data=SHAPES, format="turtle")
    _, results, _ = pyshacl.validate(graph(directory), shacl_graph=shapes, advanced=True)
    assert isinstance(results, Graph)
    found: Counter[str] = Counter()
    for result in results.subjects(RDF.type, SH.ValidationResult):
        constraint = results.value(result, SH.sourceConstraint) or results.value(result, SH.sourceShape)
        found[str(constraint).removeprefix(NS)] += 1
    return found


if __name__ == "__main__":
    told.main(count)
